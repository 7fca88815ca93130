"""Given names by decade of birth and by community, the commonest first, so that a Zipf draw gives a town's real
crowding.

Lists are the author's own, from memory of what English registers look like; position is rank, nothing else is
implied.
"""

from __future__ import annotations

from typing import Final

from app.seeds.city.letters import words

# First birth year of each era; the last era runs to today.
ERAS: Final = (1900, 1935, 1955, 1970, 1985, 2000)

BRITISH_MEN: Final = (
    """John William George James Thomas Arthur Robert Albert Charles Frederick Harold Ernest Joseph Walter Henry Edward
    Alfred Frank Stanley Leonard Ronald Kenneth Norman Sidney Reginald Leslie Cyril Herbert Dennis Jack Eric Raymond
    Gordon Douglas Wilfred Bernard Percy Clifford Cecil Horace Stephen Philip Francis Edwin Samuel Daniel Hubert
    Victor""",
    """John David Michael Peter Robert Brian Alan Anthony William James Derek Roy Ronald Keith Kenneth Roger Raymond
    Terence Barry Malcolm Colin Dennis Donald Gerald Trevor Graham Richard Geoffrey Patrick George Thomas Maurice
    Edward Clive Bernard Gordon Norman Neville Roland Ivor Desmond Leonard Frank Victor Melvyn Rex Royston Alec""",
    """David Paul Stephen Michael Peter John Andrew Robert Mark Alan Kevin Christopher Ian Philip Martin Richard Nigel
    Graham Anthony Keith Gary Timothy Neil Simon Colin Stuart Steven Barry Geoffrey Trevor Adrian Jonathan Nicholas
    Clive Jeremy Terence Howard Raymond Russell Duncan Glyn Vincent Julian Gerard Francis Leslie Rodney Hugh""",
    """Paul Mark David Andrew Richard Christopher James Simon Michael Matthew Stephen Lee John Robert Darren Daniel
    Steven Jason Nicholas Jonathan Ian Neil Peter Stuart Anthony Martin Kevin Craig Philip Gary Scott Wayne Adam
    Timothy Carl Dean Adrian Justin Benjamin Marc Damian Shaun Barry Gareth Warren Russell Dominic Iain""",
    """Christopher James David Daniel Michael Matthew Andrew Richard Paul Mark Thomas Adam Robert John Lee Benjamin
    Steven Jonathan Craig Joseph Stephen Ryan Ashley Luke Nicholas Samuel Simon Anthony Alexander Liam Jamie Aaron
    Jack Joshua Scott Kieran Peter Gareth Dean Martin Nathan Shane Karl Ross Stuart Edward Kyle Carl Lewis Bradley""",
    """Jack Oliver Harry Thomas Joshua James George William Samuel Charlie Daniel Alfie Jacob Joseph Noah Oscar Leo
    Archie Henry Ethan Max Lucas Logan Theo Dylan Finley Isaac Freddie Benjamin Alexander Harrison Tyler Toby Arthur
    Connor Luke Riley Callum Owen Jayden Reuben Kai Rory Elliot Jude Louis Ellis Felix Caleb Frankie""",
)

BRITISH_WOMEN: Final = (
    """Mary Margaret Doris Dorothy Kathleen Edith Florence Elsie Joan Annie Winifred Elizabeth Gladys Hilda Irene Ivy
    Violet Phyllis Vera Ethel Lilian Alice Marjorie Nellie Ellen Olive Eileen Nora Mabel Gertrude Joyce Muriel Freda
    Betty Ada Evelyn Rose Sarah Emily Agnes Hannah Constance Ida Beatrice Daisy Enid Barbara Jessie Minnie Edna""",
    """Margaret Jean Mary Joan Patricia Sheila Barbara Doreen June Shirley Dorothy Joyce Maureen Elizabeth Audrey
    Brenda Kathleen Sylvia Eileen Pamela Betty Beryl Ann Irene Josephine Christine Janet Carol Judith Valerie Marion
    Rita Jennifer Beatrice Norma Hazel Marlene Rosemary Pauline Wendy Gillian Heather Edna Thelma Muriel Iris Daphne
    Avril""",
    """Susan Julie Karen Jacqueline Deborah Linda Christine Carol Jane Alison Helen Elizabeth Janet Margaret Diane
    Patricia Angela Sandra Lesley Gillian Ann Anne Mary Catherine Jennifer Sally Wendy Elaine Barbara Kathleen
    Maureen Lynn Pauline Theresa Denise Yvonne Lorraine Beverley Hilary Judith Marion Rosemary Sheila Teresa Valerie
    Frances Penelope Gail""",
    """Sarah Claire Nicola Emma Lisa Joanne Michelle Helen Samantha Karen Victoria Rachel Louise Julie Clare Rebecca
    Sharon Amanda Tracey Jane Tracy Alison Catherine Angela Donna Elizabeth Kerry Paula Katherine Melanie Susan Anna
    Caroline Andrea Dawn Natalie Wendy Kelly Deborah Lorraine Zoe Joanna Tina Maria Heidi Fiona Tanya Mandy
    Charlotte Sonia""",
    """Sarah Laura Gemma Emma Rebecca Claire Victoria Samantha Rachel Amy Jennifer Nicola Katie Lisa Kelly Natalie
    Louise Michelle Hayley Hannah Helen Charlotte Joanne Lucy Elizabeth Leanne Danielle Donna Katherine Clare
    Stephanie Stacey Lauren Jessica Jodie Kirsty Catherine Zoe Chloe Sophie Kerry Naomi Alexandra Abigail Holly
    Heather Jade Amber Georgina Harriet""",
    """Olivia Emily Jessica Sophie Chloe Grace Amelia Ella Lily Charlotte Mia Lucy Isabella Evie Megan Hannah Ava Freya
    Ruby Holly Poppy Daisy Isla Millie Ellie Phoebe Molly Abigail Scarlett Erin Rosie Matilda Imogen Florence Eva
    Elsie Willow Maisie Niamh Zara Esme Summer Bethany Keira Georgia Skye Lacey Harriet Amber Ivy""",
)

OTHER_MEN: Final = {
    "irish": """Patrick Michael Sean Liam Kevin Brendan Declan Eamon Ciaran Niall Donal Conor Cormac Dermot
    Fergus Padraig Aidan Colm Eoin Seán Finbar Gerard Noel Martin Dónal Cathal Rory Ronan Diarmuid Oisín""",
    "muslim": """Mohammed Muhammad Ahmed Ali Imran Hassan Tariq Omar Abdul Yusuf Bilal Khalid Asif Usman Adnan
    Faisal Zubair Ibrahim Shahid Nadeem Rashid Wasim Hamza Zahid Kamran Sajid Iqbal Farooq Naveed Junaid Amir
    Haroon Mohammad Shabir""",
    "hindu": """Rajesh Sanjay Vijay Anil Suresh Ravi Amit Deepak Rakesh Nitin Ashok Manoj Kiran Arjun Rohan
    Dinesh Prakash Harish Vikram Bharat Mukesh Jayesh Nikhil Rahul Pradeep Kishan Hitesh Krishnan Sunil Dev""",
    "sikh": """Gurpreet Harpreet Jaspal Manjit Balwinder Sukhdev Amarjit Rajinder Kuldeep Harjit Gurdeep
    Paramjit Surinder Jagdeep Mandeep Baljit Satnam Inderjit Ranjit Navdeep Karamjit Hardeep Tejinder Avtar""",
    "polish": """Piotr Tomasz Krzysztof Andrzej Paweł Marcin Michał Łukasz Grzegorz Adam Jakub Mateusz Marek
    Rafał Dariusz Wojciech Mariusz Jan Sławomir Robert Kamil Dawid Bartosz Artur Radosław Maciej Sebastian
    Zbigniew Przemysław Damian""",
    "chinese": """Wei Jun Ming Kai Hao Chun Tak-Wai Ka-Ho Jian Kwok Chi-Keung Yong Xin Lei Bo Feng Wai-Man
    Siu-Ming Hong Peng Kevin Raymond Jason Vincent Eric Alan Kenneth Simon Ivan Wing""",
    "african": """Emmanuel Samuel Chinedu Kwame Tunde Olumide Kofi Babatunde Daniel Emeka Ifeanyi Tendai Joseph
    Abdi Yaw Femi Kwabena Chukwuma Segun Tafadzwa Kelechi Solomon Farai Ayodele Uche Mensah Adewale Kojo Isaac
    Blessing""",
    "caribbean": """Winston Delroy Leroy Errol Clive Trevor Neville Desmond Carlton Marlon Junior Tyrone
    Jermaine Aaron Nathaniel Andre Leon Devon Curtis Wendell Michael Anthony Marcus Jerome""",
    "european": """Andrei Mihai Ionuț João José Miguel António Luís Carlos Marco Giuseppe Antonio François
    Jean-Luc Jürgen Björn Søren Nikos Dimitris István Gábor Zoltán Vasile Cristian Tomás Jiří Ivaylo Georgi
    Mantas Andrius""",
}

OTHER_WOMEN: Final = {
    "irish": """Mary Bridget Kathleen Siobhán Niamh Aoife Maeve Gráinne Sinéad Deirdre Orla Noreen Eileen
    Bernadette Róisín Ciara Fionnuala Nuala Máire Caoimhe Una Aisling Philomena Carmel Concepta Áine Dervla
    Clodagh Saoirse Mairéad""",
    "muslim": """Fatima Aisha Ayesha Zainab Nadia Shazia Maryam Saima Sadia Rukhsana Farah Nasreen Amina Khadija
    Samina Yasmin Hafsa Shabana Rabia Parveen Noreen Sana Mehwish Tahira Bushra Iqra Uzma Razia Salma Zahra
    Shaheen Nazia Halima Sumaiya""",
    "hindu": """Priya Meena Anita Sunita Nisha Kavita Lakshmi Rekha Asha Pooja Hansa Jyoti Geeta Divya Anjali
    Bhavna Sangita Hema Usha Urmila Neha Shilpa Radha Manisha Pushpa Deepa Sarita Kalpana Varsha Nirmala""",
    "sikh": """Gurpreet Harpreet Manpreet Jaspreet Kulwinder Sukhwinder Jasleen Amrit Rajwinder Baljit Parminder
    Simran Kiran Mandeep Harjinder Navjot Surinder Balbir Kamaljit Jagdish Inderjit Paramjit Ravinder
    Satwant""",
    "polish": """Anna Katarzyna Agnieszka Małgorzata Joanna Magdalena Monika Ewa Aleksandra Beata Barbara Dorota
    Karolina Zofia Justyna Marta Natalia Izabela Elżbieta Paulina Sylwia Weronika Grażyna Urszula Kinga Iwona
    Renata Patrycja Wioletta Julia""",
    "chinese": """Mei Ling Xiu Yan Hui Li Fang Jing Wai-Ling Siu-Fong Mei-Ling Ka-Yan Ying Na Xia Lan Qing
    Man-Yee Shuk-Fan Hua Grace Amy Vivian Fiona Connie Winnie Yvonne Suki Wendy Joyce""",
    "african": """Grace Blessing Ngozi Adaeze Folake Abena Ama Chioma Esther Mercy Ifeoma Funmilayo Akosua Rudo
    Patience Amara Efua Titilayo Precious Comfort Yetunde Hodan Chipo Nyasha Amina Temitope Joy Adwoa Kehinde
    Faith""",
    "caribbean": """Marcia Beverley Yvonne Sonia Sandra Claudette Marva Hyacinth Icilda Paulette Shanice
    Chantelle Tanisha Keisha Aaliyah Gloria Merlene Cynthia Natasha Jasmine Dionne Michelle Simone Naomi""",
    "european": """Elena Ioana María Ana Sofia Giulia Francesca Chiara Cláudia Inês Françoise Zoë Chloé Anaïs
    Hélène Heidi Ilse Eszter Zsófia Réka Mihaela Andreea Ștefania Daniela Kateřina Rasa Eglė Desislava Katerina
    Eleni""",
}

# Modern double names that widen the tail for those born from 1985 on.
PAIRED_FIRST: Final = words(
    "Lily Ella Ellie Gracie Lilly Amy Sophie Mia Ava Emily Anna Mary Sarah Rosie Lexi Millie Poppy Isla"
)
PAIRED_SECOND: Final = words("Mae Rose Grace May Louise Jane Ann Marie Leigh Beth Jo")

NICKNAMES: Final[dict[str, tuple[str, ...]]] = {
    formal: tuple(short.split(","))
    for formal, short in (
        pair.split(":")
        for pair in words("""
            William:Bill,Will,Billy,Liam Robert:Bob,Rob,Bobby Richard:Dick,Rick,Rich James:Jim,Jimmy,Jamie
            John:Jack,Johnny Margaret:Maggie,Peggy,Meg Elizabeth:Liz,Beth,Betty,Lizzie Katherine:Kate,Kathy,Katie
            Catherine:Cath,Kate,Cathy Patricia:Pat,Trish,Patsy Susan:Sue,Susie Michael:Mike,Mick,Mickey
            Christopher:Chris,Kit Stephen:Steve Steven:Steve Anthony:Tony Thomas:Tom,Tommy Edward:Ted,Eddie,Ed
            Charles:Charlie,Chas Frederick:Fred,Freddie George:Georgie Albert:Bert,Albie Herbert:Bert Arthur:Art
            Harold:Harry Henry:Harry,Hal Joseph:Joe,Joey Samuel:Sam Samantha:Sam Alexander:Alex,Sandy
            Alexandra:Alex,Sandra Benjamin:Ben Daniel:Dan,Danny Danielle:Dani David:Dave,Davy Andrew:Andy,Drew
            Peter:Pete Philip:Phil Kenneth:Ken,Kenny Ronald:Ron,Ronnie Raymond:Ray Leonard:Len,Lenny Stanley:Stan
            Leslie:Les Gerald:Gerry Gerard:Gerry Terence:Terry Derek:Del Donald:Don Dennis:Den Douglas:Doug
            Geoffrey:Geoff Jeremy:Jez Jonathan:Jon,Jonny Nicholas:Nick,Nicky Nicola:Nicky,Nic Matthew:Matt
            Timothy:Tim Joshua:Josh Jacob:Jake Francis:Frank Frances:Fran Edwin:Ted Walter:Wally,Walt
            Victoria:Vicky,Tori Rebecca:Becky Deborah:Debbie,Deb Jennifer:Jenny,Jen Jacqueline:Jackie Jessica:Jess
            Stephanie:Steph Josephine:Josie,Jo Joanne:Jo Joanna:Asia Christine:Chris,Chrissie Barbara:Barb,Babs
            Kathleen:Kath,Kathy Dorothy:Dot,Dolly Pamela:Pam Judith:Judy Valerie:Val Gillian:Gill Jean:Jeannie
            Maureen:Mo Rosemary:Rose,Rosie Theresa:Terri Teresa:Tess Penelope:Penny Angela:Angie Amanda:Mandy
            Sandra:Sandy Abigail:Abi Charlotte:Charlie,Lottie Emily:Em,Emmy Isabella:Bella,Izzy Olivia:Liv,Livvy
            Amelia:Millie Georgina:Georgie Florence:Flo Beatrice:Bea Winifred:Winnie Gertrude:Gertie Lilian:Lily
            Ellen:Nell Violet:Vi Natalie:Nat Melanie:Mel Mohammed:Mo Muhammad:Mo Mohammad:Mo Krzysztof:Chris
            Tomasz:Tomek,Tom Piotr:Peter Katarzyna:Kasia,Kate Agnieszka:Aga Małgorzata:Gosia,Margaret
            Aleksandra:Ola,Alex Magdalena:Magda Patrick:Paddy,Pat Bridget:Bridie Rajesh:Raj Sanjay:Sunny
            Harpreet:Harry Gurpreet:Gary Emmanuel:Manny Babatunde:Tunde Temitope:Temi Olumide:Olu Malcolm:Mal
            Ashley:Ash
        """)
    )
}
