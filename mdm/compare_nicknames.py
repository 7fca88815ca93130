"""Names that stand for one another: Bill and William, Peggy and Margaret, Kasia and Katarzyna.

A name may have several roots (Chris is Christopher, Christine or Christian); two names are related when they share one.
Short forms that a name merely begins with (Sam of Samuel) need no entry: they are seen by their letters.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mdm.columns import Codes, Vocabulary

#: Root: its short and pet forms, as standardised.
SHORT_FORMS = {
    "abigail": "abbie abby gail", "abraham": "abe bram", "adelaide": "addie heidi", "agnes": "aggie nessie nancy",
    "albert": "bert bertie al", "alexander": "sandy alec alick sasha xander lex eck",
    "alexandra": "sandra sandy sasha lexie", "alfred": "fred freddie alf alfie", "alice": "ally elsie",
    "amanda": "mandy", "amelia": "millie amy milly", "andrew": "andy drew", "angela": "angie",
    "ann": "annie nan nancy nanny", "anna": "annie nan ania", "anne": "annie nan nancy nanny", "annie": "nan nancy",
    "anthony": "tony ant", "antonia": "toni", "archibald": "archie baldie", "arthur": "artie art", "augustus": "gus",
    "barbara": "babs barb barbie basia", "bartholomew": "bart", "beatrice": "bea trixie beattie bee",
    "benjamin": "benny", "bernard": "bernie", "bridget": "biddy bridie", "caroline": "carrie caro lina",
    "catherine": "kate katie kitty cathy kathy kay cass", "cecilia": "cissie celia",
    "charles": "charlie chas chuck chay charley", "charlotte": "charlie lottie lotte carlotta", "christian": "chris",
    "christina": "chris tina chrissie kirsty", "christine": "chris tina chrissie",
    "christopher": "chris kit kester topher", "clara": "clarrie", "constance": "connie", "cornelius": "con neil",
    "cynthia": "cindy", "daniel": "danny dan", "david": "dave davy dai davie", "deborah": "debbie debs debby",
    "dennis": "denny", "derek": "del", "diana": "di", "donald": "don donnie", "dorothy": "dot dottie dolly dora thea",
    "edith": "edie", "edmund": "ned ted eddie", "edward": "ted ned eddie teddy eddy", "edwin": "ted ned eddie",
    "eleanor": "nell nellie ellie nora ella lena elly",
    "elizabeth": "betty beth liz lizzie eliza bess bessie libby betsy lisa elsie lily liza lizzy lillie ela",
    "ellen": "nell nellie ellie", "emily": "emmie milly em millie", "emma": "emmie em", "ernest": "ernie",
    "esther": "hetty essie ester hester", "eugene": "gene", "florence": "flo flossie florrie",
    "frances": "fanny fran frankie francie", "francis": "frank frankie", "franklin": "frank",
    "frederick": "fred freddie freddy", "gabriel": "gabe", "geoffrey": "geoff jeff",
    "george": "geordie dod georgie geo", "gerald": "gerry jerry", "gertrude": "gertie trudy", "gillian": "jill gill",
    "gregory": "greg", "gwendoline": "gwen", "hannah": "nan", "harold": "harry hal", "harriet": "hattie harrie hetty",
    "helen": "nell nellie ellen lena", "henrietta": "hetty etta", "henry": "harry hal hank harri",
    "herbert": "bert herb herbie bertie", "hubert": "bert", "hugh": "hughie shug", "irene": "rene renie",
    "isaac": "ike", "isabel": "bella izzy belle tibbie", "isabella": "bella belle izzy ella tibbie",
    "jacob": "jake jack coby", "jacqueline": "jackie jacqui", "james": "jim jimmy jamie jem jas jimmie",
    "jane": "janie jenny jean jennie", "janet": "jan jenny jessie", "jean": "jeannie", "jennifer": "jenny jen jennie",
    "jeremiah": "jerry", "jeremy": "jerry jez", "jessica": "jess jessie", "joan": "joanie", "joanna": "jo asia",
    "joanne": "jo", "john": "jack johnny jock johnnie jno ian jackie", "jonathan": "jon jonny johnny",
    "joseph": "joe joey jos", "josephine": "jo josie", "joshua": "josh", "judith": "judy", "julia": "jules",
    "julian": "jules", "katarzyna": "kasia", "katherine": "kate katie kitty kathy cathy kay",
    "kathleen": "kath kathy kitty kay cathleen", "kathryn": "kate katie kathy", "kenneth": "ken kenny",
    "kimberley": "kim", "krzysztof": "krzys", "laura": "lolly laurie", "lawrence": "larry laurie lawrie",
    "leonard": "len lenny leo", "lewis": "lew louie", "lillian": "lily lil lilly", "louis": "lou louie",
    "louisa": "lou lulu", "louise": "lou lulu", "lucy": "lulu", "madeleine": "maddie maddy", "magdalena": "magda",
    "malgorzata": "gosia", "margaret": "peggy maggie meg peg madge daisy greta rita margie megan marge mamie molly",
    "maria": "mia ria", "martha": "patty mattie", "martin": "marty", "mary": "molly polly may mamie minnie mollie",
    "matilda": "tilly mattie", "matthew": "matt mat", "maurice": "mo morris", "maximilian": "max",
    "melissa": "missy lissa", "michael": "mike mick mickey micky mikey", "michelle": "shelly chelle",
    "mildred": "millie", "mohammed": "mo mohd md", "muhammad": "mo mohd md", "nancy": "nan", "natalie": "nat",
    "nathan": "nat nate", "nathaniel": "nat nate", "nicholas": "nick nicky nico", "nicola": "nicky nikki",
    "norman": "norm", "oliver": "ollie noll", "oscar": "ozzie", "pamela": "pam",
    "patricia": "pat patsy trish tricia patti patty trisha", "patrick": "pat paddy", "paula": "polly",
    "percival": "percy", "peter": "pete", "philip": "phil pip", "philippa": "pippa pip", "phillip": "phil pip",
    "phyllis": "phyl", "piotr": "piotrek", "prudence": "prue", "rachel": "rach rae", "raymond": "ray",
    "rebecca": "becky becca bex beckie", "reginald": "reg reggie rex",
    "richard": "dick rick dickie rich ricky richie dicky",
    "robert": "bob bobby rob robbie bert robin rab robt bobbie", "roberta": "bobbie", "roderick": "rod",
    "rodney": "rod", "roger": "hodge", "ronald": "ron ronnie", "rosalind": "roz ros", "rose": "rosie",
    "rosemary": "rosie rose romy", "rupert": "rupe", "samantha": "sam", "samuel": "sam sammy", "sara": "sally",
    "sarah": "sally sadie", "sidney": "sid", "simon": "si", "sophia": "sophie", "sophie": "soph",
    "stanislaw": "staszek", "stanley": "stan", "stephanie": "steph stevie", "stephen": "steve stevie",
    "steven": "steve stevie", "stuart": "stu", "susan": "sue susie suzie suky", "susannah": "sue susie sukie",
    "suzanne": "sue suzie", "sylvia": "syl", "terence": "terry tel", "teresa": "terry tess tessa",
    "theodore": "ted theo teddy", "theresa": "terry tess tessa", "thomas": "tom tommy thos", "timothy": "tim",
    "tobias": "toby", "tomasz": "tomek", "valerie": "val", "victor": "vic", "victoria": "vicky tori vikki vicki",
    "vincent": "vince", "violet": "vi", "virginia": "ginny", "vivian": "viv", "walter": "wally wat walt",
    "wilfred": "wilf fred", "wilhelmina": "mina minnie", "william": "bill billy will willie liam wm wills willy",
    "winifred": "winnie freda win", "zachary": "zach zak",
}  # fmt: skip
#: A name has so many roots at most.
MOST_ROOTS = 6


def _roots_of_names() -> dict[str, NDArray[np.int16]]:
    """Numbers of the roots of every name in the table, (MOST_ROOTS,), 0 where there are no more."""
    found: dict[str, list[int]] = {}
    for number, (root, forms) in enumerate(SHORT_FORMS.items(), start=1):
        for name in (root, *forms.split()):
            found.setdefault(name, []).append(number)
    return {name: np.array((roots + [0] * MOST_ROOTS)[:MOST_ROOTS], np.int16) for name, roots in found.items()}


ROOTS = _roots_of_names()


def are_related(vocabulary: Vocabulary, left: Codes, right: Codes) -> NDArray[np.bool_]:
    """Which of the pairs of unequal names (P,) are forms of one name."""
    roots = vocabulary.derived("roots", root_numbers)
    known = np.flatnonzero((roots[left, 0] > 0) & (roots[right, 0] > 0))
    mine, yours = roots[left[known]], roots[right[known]]
    related = np.zeros(len(left), bool)
    for place in range(MOST_ROOTS):
        one = mine[:, place, None]
        related[known] |= ((one == yours) & (one > 0)).any(axis=1)
    return related


def root_numbers(values: pl.Series) -> NDArray[np.int16]:
    """Numbers of each name's roots, (v, MOST_ROOTS)."""
    found = np.zeros((len(values), MOST_ROOTS), np.int16)
    for place, name in enumerate(values.to_list()):
        if name in ROOTS:
            found[place] = ROOTS[name]
    return found
