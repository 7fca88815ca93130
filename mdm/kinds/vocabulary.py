"""Common names and places, by which a column with a meaningless heading gives itself away.

Short lists on purpose: they have to be met often, not to be complete. Lower-case ASCII.
"""

from mdm.text import listed

GIVEN_NAMES = frozenset(
    listed(
        """
    james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark paul
    steven stephen andrew kenneth george edward brian kevin ronald timothy jason jeffrey ryan jacob gary nicholas eric
    jonathan larry justin scott brandon benjamin samuel frank gregory raymond alexander patrick jack dennis jerry tyler
    aaron henry peter adam nathan zachary walter kyle harold carl jeremy keith roger arthur terry lawrence sean austin
    noah jesse joe bryan billy jordan albert dylan bruce willie gabriel alan juan logan wayne ralph roy eugene randy
    vincent russell louis philip bobby johnny bradley colin graham stuart ian neil simon martin craig darren gareth lee
    harry oliver charlie oscar alfie leo freddie theo archie max ethan isaac lucas toby jake luke connor callum lewis
    rhys liam owen aidan declan nigel trevor barry derek leslie geoffrey norman ernest herbert frederick alfred reginald
    mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty margaret sandra ashley
    kimberly emily donna michelle carol amanda dorothy melissa deborah stephanie rebecca sharon laura cynthia kathleen
    amy angela shirley anna brenda pamela emma nicole helen samantha katherine christine debra rachel carolyn janet
    catherine maria heather diane ruth julie olivia joyce virginia victoria kelly lauren christina joan evelyn judith
    megan andrea cheryl hannah jacqueline martha gloria teresa ann anne sara madison frances kathryn janice jean abigail
    alice julia judy sophia grace denise amber doris marilyn danielle beverly isabella theresa diana natalie brittany
    charlotte marie kayla alexis lori jane chloe ella mia lily sophie lucy ruby evie freya isla poppy daisy ellie amelia
    ava phoebe imogen zoe claire louise tracey gillian hazel sheila maureen eileen edith florence ethel elsie doreen
    joanne nicola fiona kirsty lindsay gemma hayley leanne stacey kerry lorraine yvonne marion pauline
    mohammed muhammad mohamed ahmed ali hassan hussain omar ibrahim yusuf abdul imran tariq khalid bilal hamza zain
    fatima aisha ayesha zainab maryam khadija amina safiya noor sana hina saima nadia shabana yasmin
    harpreet gurpreet manpreet jaspreet amandeep mandeep kuldeep baljit gurdeep sukhdev jaswinder parminder raj priya
    anita sunita rajesh sanjay vijay amit anil sunil deepak ravi suresh ramesh pooja neha arjun rohan
    piotr krzysztof andrzej tomasz jan pawel michal marcin stanislaw jakub adam lukasz katarzyna malgorzata agnieszka
    barbara ewa krystyna magdalena joanna aleksandra zofia monika karolina wojciech grzegorz mateusz
    jose luis carlos manuel jorge pedro miguel antonio francisco fernando pablo diego carmen lucia marta isabel pilar
    jean pierre michel jacques francois nicolas camille chloe lea manon hans klaus jurgen wolfgang ursula giovanni
    giuseppe marco luca francesca giulia chiara wei jing min li yan ming xin jun hui ying olga ivan sergei dmitri elena
    chidi emeka ngozi chioma kwame kofi ama abena sipho thabo gwyn dafydd ieuan angharad sian bethan siobhan aoife niamh
    """
    )
)

FAMILY_NAMES = frozenset(
    listed(
        """
    smith jones taylor brown williams wilson johnson davies robinson wright thompson evans walker white roberts green
    hall wood jackson clarke clark harris lewis allen scott young king moore watson anderson baker bennett carter cook
    cooper cox davis edwards ellis foster gray griffiths harrison hill hughes hunt james kelly khan knight lee marshall
    martin mason matthews miller mills mitchell morgan morris murphy murray owen palmer parker patel phillips powell
    price reid richards richardson rogers rose russell saunders shaw simpson stevens stewart stone thomas turner ward
    webb west wells wilkinson wood adams ali begum ahmed hussain hussein singh kaur shah sharma gupta kumar das gill
    dhillon sandhu sidhu grewal malik akhtar iqbal mahmood miah chowdhury uddin islam rahman bibi
    obrien oconnor oneill ryan byrne walsh doyle gallagher doherty kennedy lynch mccarthy murray quinn sullivan
    macdonald mcdonald campbell robertson stewart ross henderson paterson morrison fraser hamilton graham kerr wallace
    nowak kowalski kowalska wisniewski wisniewska wojcik kowalczyk kaminski kaminska lewandowski zielinski szymanski
    wozniak dabrowski kozlowski jankowski mazur kwiatkowski krawczyk
    garcia martinez rodriguez lopez gonzalez perez sanchez fernandez gomez diaz torres ramirez cruz silva santos
    ferreira pereira oliveira costa muller schmidt schneider fischer weber meyer wagner becker rossi russo ferrari
    wang zhang liu chen yang huang zhao wu zhou xu sun ma zhu hu guo lin nguyen tran pham le kim park choi
    mensah owusu boateng okafor okonkwo adeyemi ncube moyo dlamini banda phiri popescu ionescu ivanov petrov
    """
    )
)

CITIES = frozenset(
    listed(
        """
    london|birmingham|leeds|glasgow|sheffield|bradford|liverpool|edinburgh|manchester|bristol|kirklees|wakefield|cardiff
    dudley|wigan|coventry|belfast|leicester|sunderland|doncaster|stockport|nottingham|kingston upon hull|hull|plymouth
    wolverhampton|derby|stoke on trent|swansea|salford|aberdeen|portsmouth|york|peterborough|dundee|southampton|newport
    brighton|oxford|cambridge|luton|swindon|reading|slough|norwich|ipswich|exeter|gloucester|cheltenham|bath|worcester
    bolton|bury|rochdale|oldham|blackburn|burnley|blackpool|preston|huddersfield|halifax|barnsley|rotherham|middlesbrough
    darlington|durham|gateshead|newcastle|newcastle upon tyne|south shields|lincoln|grimsby|scunthorpe|northampton
    milton keynes|bedford|watford|st albans|chelmsford|colchester|southend on sea|basildon|harlow|maidstone|canterbury
    hastings|eastbourne|crawley|guildford|woking|basingstoke|winchester|bournemouth|poole|weymouth|taunton|torquay
    truro|hereford|shrewsbury|telford|stafford|walsall|solihull|redditch|rugby|nuneaton|burton upon trent|mansfield
    chesterfield|crewe|chester|warrington|birkenhead|bootle|southport|lancaster|carlisle|harrogate|scarborough
    wrexham|bangor|perth|inverness|stirling|dublin|cork|galway|limerick|derry|lisburn|sydney|melbourne|brisbane|adelaide
    perth|canberra|hobart|darwin|new york|los angeles|chicago|houston|toronto|warszawa|krakow|paris|berlin|madrid
    croydon|ealing|barnet|enfield|bromley|lambeth|hackney|islington|camden|westminster|newham|tower hamlets|richmond
    """,
        "|",
    )
)

COUNTIES = frozenset(
    listed(
        """
    avon|bedfordshire|berkshire|buckinghamshire|cambridgeshire|cheshire|cleveland|cornwall|cumbria|derbyshire|devon
    dorset|county durham|co durham|east sussex|essex|gloucestershire|greater london|greater manchester|hampshire
    herefordshire|hertfordshire|humberside|isle of wight|kent|lancashire|leicestershire|lincolnshire|merseyside
    middlesex|norfolk|north yorkshire|northamptonshire|northumberland|nottinghamshire|oxfordshire|rutland|shropshire
    somerset|south yorkshire|staffordshire|suffolk|surrey|tyne and wear|warwickshire|west midlands|west sussex
    west yorkshire|east riding of yorkshire|wiltshire|worcestershire|yorkshire|gwent|gwynedd|clwyd|dyfed|powys
    glamorgan|south glamorgan|antrim|armagh|down|fermanagh|tyrone|fife|lothian|strathclyde|highland
    nsw|vic|qld|wa|sa|tas|act|nt|new south wales|victoria|queensland|western australia|south australia|tasmania
    california|texas|florida|ohio|michigan|mazowieckie|slaskie|bayern|bavaria
    """,
        "|",
    )
)

STREET_WORDS = listed(
    "street st road rd avenue ave lane ln close cl drive dr crescent cres court ct gardens gdns grove place pl square sq "
    "terrace way hill park walk mews green row parade view rise circuit boulevard broadway highway circle quay wharf "
    "bank gate croft fold mount villas ulica ul rue strasse"
)
