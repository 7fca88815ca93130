"""Family names by community, the commonest first, and a maker of plausible English ones for the long tail of a big
city.
"""

from __future__ import annotations

from typing import Final

from app.seeds.city.letters import words

BRITISH: Final = words("""
Smith Jones Taylor Williams Brown Davies Evans Wilson Thomas Roberts Johnson Wright Robinson Thompson Walker
White Hughes Edwards Green Hall Lewis Harris Clarke Jackson Wood Turner Martin Cooper Hill Ward Morris Moore
Clark Lee King Baker Harrison Morgan Allen James Scott Phillips Watson Davis Parker Price Bennett Young
Griffiths Mitchell Kelly Cook Carter Richardson Bailey Collins Bell Shaw Murphy Miller Cox Richards Khan
Marshall Anderson Simpson Ellis Adams Wilkinson Foster Powell Chapman Webb Rogers Gray Mason Hunt Hussain Mills
Owen Palmer Matthews Holmes Stevens Knight Rose Lloyd Barker Butler Russell Fisher Barnes Fletcher Lowe Reynolds
Jenkins Campbell Pearson Graham Dixon Harvey Stewart Gibson Grant Howard Cole Elliott Walsh Brooks Fox Reid
Holland Ford Lawrence Dean Ryan Andrews West Ball Ross Watts Pearce Hart Day Wells Burton Armstrong Perry
Cunningham Woods Porter Kennedy Fraser Hamilton Bradley Gordon Barrett Murray Spencer Payne Black Hopkins
Gardner Dunn Newman Stone Henderson Bates Wallace Henry Bird Lane Robertson Hudson Nicholson Carr Johnston
Simmonds Bishop Jordan Warren Freeman Cross Oliver Page Berry Hawkins Gregory Sutton Nicholls Francis Newton
Saunders Rowe Burns May Parsons Long Yates Read Osborne Wheeler Stephenson Davidson Atkinson Hewitt Doyle Sharp
Goodwin Curtis Lamb Booth Jennings Barber Hardy Hayes Cooke Robson Douglas Coleman Peters Bryant Rees Norris
Frost French Bolton Gilbert Crawford Nash Blake Tucker Gill Hodgson Kirk Sanderson Buckley Townsend Bull Hancock
Atkins Weston Reeves Dawson Pritchard Boyd Marsh Hicks Hobbs Skinner Savage Hooper Potter Hammond Willis Briggs
Cartwright Glover Sykes Ashton Bowen Bartlett Kerr Slater Lynch Hutchinson Mann Patterson Farrell Brennan
Vaughan Field Morton Chambers Daniels Howe Peacock Franklin Leonard Naylor Pratt Norman Preston Bentley Dyer
Swift Thornton Burgess Miles Sinclair Akhtar Little Summers Walters Giles Hurst Wade Abbott Garner Shepherd
Charlton Harding Stephens Banks Iqbal Lambert Bibi Coates Higgins Metcalfe Whitehead Baxter Carroll Duffy Heath
Middleton Hilton Bond Fuller Lord Drew Pollard Stanley Wyatt Nixon Hobson Ingram Mellor Conway Bray Parkin
Steele Rhodes Tyler Humphreys Begum Ramsden Whittaker Ellison Kemp Greenwood Barlow Haynes Riley Fowler Hartley
Hirst Kaye Sugden Haigh Beaumont Crowther Dyson Armitage Sheard Brook Lockwood Schofield Ackroyd Sutcliffe
Holroyd Illingworth Horsfall Feather Midgley Pickles Firth Helliwell Barraclough Clegg Ogden Butterworth
Entwistle Ramsbottom Duckworth Fairhurst Winstanley Rigby Unsworth Tattersall Nuttall Haworth Grimshaw
Birtwistle Eckersley Kershaw Bamford Lomax Cowell Threlfall Gornall Bagshaw Heathcote Twigg Furness Staniforth
Womersley Tordoff Gledhill Thewlis Quarmby Blamires Oldroyd Ibbotson Hebblethwaite Micklethwaite Trevithick
Penhaligon Tregenza Nancarrow Pascoe Polglase Chenoweth Bolitho Trethewey Angove Rosewarne Curnow Vosper Luxton
Chugg Yeo Westcott Northcott Squire Braund Pidgeon Gammon Huxtable Burrow Snell Vickery Tancock Eveleigh Fry
Loveridge Gough Preece Meredith Probert Gwilliam Beddoes Bevan Prosser Maddox Tudor Onions Tipton Hodnett
Cadwallader Pugh Ashby Bass Catchpole Thurlow Garrod Hurrell Ling Rix Sturgeon Cobbold Kerridge Death Pask
Twitchett Cutting Smy Nunn Bugg Duffield Gotobed Peck Setchell Feltwell Goodger Leggett Bunn Blyth Howes Larter
Utting Mace Thirkettle Womack Youngs Fenwick Charlesworth Heslop Dodds Milburn Ridley Batey Hepple Tulip Nesbitt
Younger Liddle Forster Weddell Swinburne Ord MacDonald McLean MacKenzie McKay Ferguson McIntyre Paterson Cameron
Muir Buchanan Sutherland Galbraith McAllister Urquhart Drummond Farquhar Lockhart Ogilvie Rennie Abernethy
Dalgleish Menzies Strachan Wedderburn St-John D'Arcy De-Vere FitzGerald
""")

IRISH: Final = words("""
Murphy Kelly O'Sullivan Walsh O'Brien Byrne Ryan O'Connor O'Neill O'Reilly Doyle McCarthy Gallagher O'Doherty
Kennedy Lynch Murray Quinn Moore McLoughlin O'Carroll Connolly Daly O'Connell Wilson Dunne Brennan Burke Collins
Clarke Hughes Farrell Fitzgerald Maguire Nolan Flynn O'Callaghan O'Donnell Duffy Mahony Boyle Healy O'Shea
Sweeney Hayes Kavanagh Power McGrath Moran Brady Keane Casey Foley Fitzpatrick O'Leary McDonnell McMahon
Donnelly Regan Burns Flanagan Mullan Barry Kane Ní-Bhriain
""")

MUSLIM: Final = words("""
Khan Ahmed Hussain Ali Begum Akhtar Malik Mahmood Iqbal Shah Rahman Mohammed Bibi Hassan Hussein Mirza Rashid
Aslam Chaudhry Butt Ashraf Saleem Rehman Miah Uddin Chowdhury Islam Khatun Aziz Yousaf Raja Sheikh Qureshi
Siddiqui Arshad Nawaz Anwar Bashir Javed Latif Parveen Sultana Zaman Haque Kazi Ansari Abbasi Bhatti Dar Ghafoor
""")

HINDU: Final = words("""
Patel Shah Sharma Desai Mistry Gupta Joshi Mehta Kumar Parmar Chauhan Solanki Vaghela Lad Naik Bhatt Trivedi
Pandya Amin Gandhi Reddy Nair Menon Iyer Krishnan Rao Verma Agarwal Kapoor Malhotra Chopra Thakkar Modi Raval
Dave Popat Vyas Sivakumar Rajan Balasubramaniam Thapa Gurung Rai Limbu Bhandari
""")

SIKH: Final = words("""
Gill Sidhu Dhillon Sandhu Grewal Bains Sohal Dhaliwal Johal Virk Atwal Uppal Mann Cheema Kalsi Bhogal Sagoo
Matharu Rai Nijjar Hayer Chahal Sehmi Purewal
""")

POLISH: Final = words("""
Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Kozłowski
Jankowski Mazur Kwiatkowski Krawczyk Kaczmarek Piotrowski Grabowski Zając Pawłowski Michalski Król Wieczorek
Jabłoński Wróbel Nowakowski Majewski Olszewski Stępień Malinowski Jaworski Adamczyk Dudek Nowicki Pawlak Górski
Witkowski Walczak Sikora Baran Rutkowski Michalak Szewczyk Ostrowski Tomaszewski Pietrzak Zalewski Wróblewski
Marciniak Jasiński Zawadzki Sadowski Duda Bąk Jakubowski Wilk Chmielewski Włodarczyk Borkowski Sokołowski
Szczepański Sawicki Kucharski Lis Maciejewski
""")

CHINESE: Final = words("""
Chan Wong Li Chen Wang Lee Zhang Cheung Liu Lam Ho Ng Leung Lau Yang Tang Huang Wu Yip Chow Tsang Lin Zhao Xu
Zhou Kwok Yuen Fung Chu Mak Tan Lim Ma Tse Hui Ko Pang Poon Sun Zhu Guo He Gao Luo Zheng Liang Xie
""")

AFRICAN: Final = words("""
Okafor Mensah Adeyemi Boateng Osei Owusu Asante Okonkwo Adebayo Nwosu Eze Balogun Moyo Ndlovu Sibanda Ncube Abdi
Mohamed Hassan Adewale Ogunleye Oyelaran Afolabi Ibrahim Obi Chukwu Amoah Appiah Agyeman Antwi Addo Ansah Dube
Phiri Banda Mutasa Chikwanha Kamara Sesay Conteh Bangura Tesfaye Haile Bekele Tekle Warsame Farah Nkrumah
Acheampong Olawale
""")

EUROPEAN: Final = words("""
Popescu Ionescu Popa Dumitru Stan Radu Munteanu Ștefan Silva Santos Ferreira Pereira Oliveira Gonçalves Araújo
Simões Rossi Russo Ferrari Esposito Bianchi García Fernández Muñoz Peña López Martínez Müller Schäfer Groß Weiß
Dupont Lefèvre Béranger Nagy Kovács Szabó Tóth Horváth Novák Dvořák Černý Petrov Ivanov Dimitrova Kazlauskas
Petrauskas Jankauskas Bērziņš Papadopoulos Andersen Sørensen Lindström Ångström Yılmaz Şahin Öztürk Kaplan Çelik
""")

_HEADS: Final = words("""
Ald Ash Barn Beck Bel Ber Birch Black Blen Bram Bran Brack Brent Brind Brom Buck Burn Cald Carl Chad Chat Clay
Cold Col Cran Crick Crow Cul Dal Den Dray Dun East Eden Elm El Eps Far Fen Fern Flax Frod Gar Gate Glen Gold Gos
Grim Had Hal Ham Har Hart Hasel Haver Haw Hay Hazel Heath Hen Hol Holm Horn Horse Hux Ing Kel Ken Kest Kim Kirk
Lang Lax Lea Lin Lock Long Lud Mal Mar Mel Mick Mill Mor Nether New Nor Oak Old Orm Oss Over Pem Pick Pol Quar
Rad Rams Raven Red Rock Rother Rush Sax Sed Shel Ship Silk Skel Snow Sower Stan Stain Stock Sun Swan Swin Tad
Tan Thorn Thur Tod Tun Ull Wad Wal Warm Wether Whit Wil Win Witch Wood Wrag
""")
_TAILS: Final = words("""
acre bank beck berry bourne bridge brook bury by cliffe combe cote croft dale den field fold ford gate grave
greave ham head hill holme house hurst ing ingham land ley low man more ridge royd shaw side sley stead stone
thorpe thwaite ton tree wade wall water way well wick wood worth
""")

COMMUNITIES: Final = {
    "british": BRITISH,
    "irish": IRISH,
    "muslim": MUSLIM,
    "hindu": HINDU,
    "sikh": SIKH,
    "polish": POLISH,
    "chinese": CHINESE,
    "african": AFRICAN,
    "caribbean": BRITISH,
    "european": EUROPEAN,
}


def coined() -> list[str]:
    """About seven thousand locative surnames, spread so that any prefix of the list mixes heads and tails."""
    pairs = len(_HEADS) * len(_TAILS)
    step = 3571  # prime to the number of pairs, so the walk visits each once
    made = (divmod(i * step % pairs, len(_TAILS)) for i in range(pairs))
    known = set(BRITISH)
    names = (_HEADS[head] + _TAILS[tail] for head, tail in made)
    return [name for name in names if name not in known and name[-4:] != "inging"]


def feminine(surname: str) -> str:
    """Kowalski's wife is Kowalska; names that do not inflect stay as they are."""
    return surname[:-1] + "a" if surname.endswith(("ski", "cki", "dzki")) else surname
