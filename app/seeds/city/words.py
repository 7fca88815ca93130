"""Words of the place: wards, streets, buildings, landlords, mail domains. None of them points at anywhere real."""

from __future__ import annotations

from typing import Final

from app.seeds.city.letters import phrases, words

CITY_NAME: Final = "Hallowmere"

WARDS: Final = phrases("""
Quayside|Marsh End|St Aldric's|Castle Hill|Northgate|Beacon|Millbrook|Saltings|Abbey Fields|Harbour|Priory
Westering|Copper Mills|Larkfield|Fishergate|Strand|Oakhanger|Windmill|Dunes|Gallows Green|Lantern|Eastholm
Ropewalk|Heron|Kingsmead|Tollgate|Orchard Bank|Kiln Lane|Sandling|Ferry|Broadwater|Chantry|Hawthorn
Cutler's Yard|Whitegates|Lock Island|Old Town|Sluice|Bellfield|Cranesmoor
""")

STREET_NAMES: Final = words("""
Marine Harbour Station Church Mill School Albert Victoria Queen King Park Grove Chapel Bridge Castle Market
North South West East Alder Ash Beech Birch Cedar Cherry Elm Hawthorn Hazel Holly Juniper Larch Laurel Lime
Maple Oak Poplar Rowan Sycamore Willow Heron Curlew Lapwing Plover Sandpiper Tern Kittiwake Gannet Cormorant
Avocet Redshank Dunlin Osprey Kestrel Merlin Swift Anchor Capstan Compass Fathom Keel Mainsail Mast Rudder
Schooner Spinnaker Tiller Windlass Cooper Fletcher Weaver Chandler Rope Salt Sail Tide Ebb Haven Lantern Beacon
Ferry Lock Sluice Wharf Quay Strand Dune Marsh Fen Samphire Sea-Lavender Thrift Aldric Edith Oswin Hilda Bede
Wulfstan Godiva Athelstan Matilda Eleanor Philippa Beaufort Clarence Cavendish Wellesley Nelson Collingwood
Rodney Hawke Drake Frobisher Raleigh Cabot Cook Franklin Ross Shackleton Darwin Faraday Brunel Stephenson
Telford Arkwright Cartwright Lovelace Nightingale Seacole Fawcett Pankhurst Garrett Somerville Austen Bronte
Eliot Gaskell Keats Byron Shelley Tennyson Wordsworth Coleridge Clare Herrick Marvell Milton Dryden Purcell
Elgar Holst Britten Delius Byrd Tallis
""")

STREET_KINDS: Final = words(
    "Road Street Avenue Close Lane Drive Way Court Place Terrace Crescent Gardens Grove Walk Rise Mews"
)
SHORT_KINDS: Final = {
    "Road": "Rd", "Street": "St", "Avenue": "Ave", "Close": "Cl", "Lane": "La", "Drive": "Dr", "Court": "Ct",
    "Place": "Pl",
    "Terrace": "Ter", "Crescent": "Cres", "Gardens": "Gdns", "Grove": "Gr", "Walk": "Wlk",
}  # fmt: skip

BUILDINGS: Final = phrases("""
Marine Court|Beacon House|Capstan House|The Maltings|Ropewalk Court|Samphire House|Curlew Court|Granary Wharf
Lantern Court|Priory House|Chandlers Court|Keel House|Avocet House|Tide Mill|The Old Brewery|Abbey Court
Anchor Point|St Hilda's House
""")

LANDLORDS: Final = phrases("""
HARBOUR LETTINGS LTD|SALTINGS PROPERTY CO|MARSH END ESTATES LTD|ESTUARY STUDENT HOMES|BEACON RESIDENTIAL LLP
NORTHGATE INVESTMENTS LTD|TIDEWAY LETTINGS|COPPER MILLS DEVELOPMENTS LTD
""")
CARE_HOME: Final = "Samphire Lodge"
HOSTEL: Final = "Lantern House"

# RFC 2606 keeps .example out of the DNS for good, so no message can ever leave for a stranger.
MAIL_DOMAINS: Final = (
    "post.example", "inbox.example", "mailbox.example", "letters.example", "quaymail.example", "hallowmere-net.example",
    "webpost.example", "fastmail.example", "homepost.example", "tidemail.example",
)  # fmt: skip
STUDENT_DOMAIN: Final = "students.example"

TOPICS: Final = (
    "missed-bin", "bin-order", "bulky-waste", "pothole", "street-light", "fly-tipping", "graffiti",
    "council-tax-balance",
    "council-tax-move", "housing-repair", "housing-application", "blue-badge", "tip-permit", "pest-control",
    "complaint",
)  # fmt: skip

NOTES: Final = (
    "Rang about {topic}, will call back", "Caller unhappy with wait", "Advised of timescales", "Passed to back office",
    "Customer could not find account number", "No answer x2", "Letter sent", "cust moved, address to be updated??",
    "DUPLICATE? see other record", "Spoke to partner, no authority on file", "", "", "", "Query re {topic}",
    "See notes on file",
    "Emailed form", "Called in at reception about {topic}", "Prefers to be contacted by e-mail",
)  # fmt: skip
