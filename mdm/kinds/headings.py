"""Column headings as people write them, in many languages and abbreviations. A table of words, nothing else."""

from __future__ import annotations

from mdm.kinds.kind import Kind

HEADINGS: dict[Kind, str] = {
    Kind.GIVEN_NAME: "given name|given names|givenname|forename|forenames|forename 1|first name|firstname|first names|"
    "fname|first|given|christian name|gname|prenom|prenoms|vorname|vornamen|nombre|nombre de pila|nome|imie|imiona|"
    "voornaam|fornavn|fornamn|enw cyntaf|pila|name first|preferred name|known as|per fname|cust fname",
    Kind.FAMILY_NAME: "family name|familyname|surname|sur name|last name|lastname|last|lname|sname|second name|"
    "nom|nom de famille|nachname|familienname|apellido|apellidos|primer apellido|cognome|sobrenome|apelido|nazwisko|"
    "achternaam|etternavn|efternamn|cyfenw|name last|maiden name|family",
    Kind.MIDDLE_NAME: "middle name|middlename|middle names|middle|mname|middle initial|mi|forename 2|second forename|"
    "other names|othernames|drugie imie|deuxieme prenom|segundo nombre|zweiter vorname",
    Kind.FULL_NAME: "full name|fullname|name|person name|customer name|client name|contact name|resident name|"
    "patient name|tenant name|display name|complete name|nom complet|nom et prenom|nombre completo|vollstandiger name|"
    "imie i nazwisko|nome completo|volledige naam|enw llawn|first and surname|name and surname|cust name|names",
    Kind.DATE_OF_BIRTH: "date of birth|dateofbirth|dob|d o b|birth date|birthdate|birthday|born|born on|birth dt|"
    "date birth|dte of birth|bdate|birth|date naissance|date de naissance|ddn|naissance|geburtsdatum|geburtstag|"
    "gebdat|fecha de nacimiento|fecha nacimiento|fnac|fecha nac|data di nascita|data de nascimento|data urodzenia|"
    "data ur|geboortedatum|fodselsdato|fodelsedatum|dyddiad geni",
    Kind.GENDER: "gender|sex|gender code|sex code|sexe|genre|geschlecht|sexo|genero|sesso|plec|geslacht|kjonn|kon|"
    "rhyw|m f",
    Kind.NATIONAL_ID: "national id|national insurance|national insurance number|ni number|ni no|nino|nhs number|"
    "nhs no|nhs|ssn|social security number|soc sec id|social security|passport|passport number|passport no|pesel|dni|"
    "nif|nie|codice fiscale|bsn|nir|personal number|personnummer|tax id|tin|national identifier|id card|id number|"
    "identity number|driving licence|driving licence number|upi|uprn person|nin|ppsn|insurance number|cpf|curp",
    Kind.EMAIL: "email|e mail|email address|e mail address|mail|emailaddress|contact email|courriel|adresse email|"
    "correo|correo electronico|posta elettronica|adres email|e post|ebost|email 1|eml",
    Kind.PHONE: "phone|telephone|tel|tel no|telno|phone number|phone no|mobile|mobile number|mobile no|mob|cell|"
    "cellphone|home phone|work phone|contact number|contact no|landline|day phone|evening phone|telefon|telefono|"
    "telefone|telefoon|portable|handy|komorka|movil|celular|ffon|phone 1|msisdn|telephone number|fon",
    Kind.POSTCODE: "postcode|post code|postal code|zip|zipcode|zip code|pcode|pc|pcd|code postal|cp|plz|postleitzahl|"
    "codigo postal|cap|kod pocztowy|postnummer|cod post|postcode fake|cod postal",
    Kind.HOUSE_NUMBER: "house number|house no|houseno|housenumber|house|street number|street no|building number|"
    "house name or number|house name number|number|hausnummer|numero|numero de voie|nr domu|huisnummer|paon|hse no|"
    "house num|property number|door number|str no",
    Kind.UNIT: "unit|flat|flat number|flat no|apartment|apt|apartment number|unit number|suite|saon|sub building|"
    "sub building name|nr mieszkania|wohnung|appartement|piso|puerta",
    Kind.ADDRESS_LINE: "address line|address line 1|address line 2|address line 3|address 1|address 2|address 3|"
    "addr 1|addr 2|addr1|addr2|addr line 1|addressline1|addressline2|add 1|add1|add2|line 1|line 2|line1|line2|street|"
    "street name|street address|road|thoroughfare|strasse|str|rue|voie|calle|via|ulica|straat|stryd|locality",
    Kind.ADDRESS: "address|full address|home address|postal address|whole address|mailing address|residence|"
    "correspondence address|adresse|anschrift|direccion|domicilio|indirizzo|endereco|adres|cyfeiriad|addr|property address",
    Kind.CITY: "city|town|city town|town city|post town|posttown|suburb|municipality|place|ville|commune|stadt|ort|"
    "wohnort|ciudad|localidad|poblacion|citta|comune|cidade|miasto|miejscowosc|stad|plaats|woonplaats|tref|birth place|"
    "place of birth|birthplace|village",
    Kind.REGION: "region|county|state|province|district|ward|borough|departement|bundesland|kreis|provincia|estado|"
    "regione|wojewodztwo|powiat|provincie|sir|local authority|council|area|country|nationality|land|pays|pais",
    Kind.ORGANISATION_NAME: "organisation|organization|organisation name|organization name|company|company name|"
    "business|business name|trading name|employer|legal name|registered name|entreprise|raison sociale|firma|"
    "unternehmen|empresa|razon social|azienda|ragione sociale|nazwa firmy|bedrijf|org|org name|firm|supplier name",
    Kind.COMPANY_NUMBER: "company number|company no|company registration|company registration number|registration number|"
    "reg no|crn|companies house number|charity number|siren|siret|handelsregister|nip|regon|krs|kvk|vat number|vat no|"
    "business number|abn|acn|duns",
    Kind.FREE_TEXT: "occupation|job|job title|profession|notes|note|comments|comment|remarks|description|beruf|metier|"
    "profesion|zawod|ethnicity|religion|language|title|salutation|marital status|interests",
    Kind.SOURCE: "source|source system|system|sourcesystem|src|origin|data source|dataset|source dataset|provider|feed|"
    "source name|sys",
    Kind.ID: "id|record id|recordid|rec id|recid|row id|rowid|unique id|uid|uuid|guid|pk|key|record key|record number|"
    "record no|row number|index|unnamed 0|person id|customer id|client id|cust id|resident id|tenant id|patient id|"
    "account id|account number|reference|ref|ref no|reference number|source id|source record id|identifier",
    Kind.IGNORE: "cluster|cluster id|person|person key|true person|uprn|usrn|property reference|address id|toid|true cluster|entity|entity id|entity uid|golden id|true id|truth|label|match id|"
    "match group|group id|duplicate of|created|created at|updated|updated at|modified|last updated|date created|"
    "timestamp|start date|end date|registered|date registered|recorded at|last seen|version|status|active|flag",
}

BY_HEADING: dict[str, Kind] = {words: kind for kind, listed in HEADINGS.items() for words in listed.split("|")}
