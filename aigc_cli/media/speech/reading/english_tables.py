"""Tables of English reading: what an editor of the language would change."""

from __future__ import annotations

MONTHS = {
    **{"january": "January", "february": "February", "march": "March", "april": "April", "may": "May", "june": "June"},
    **{"july": "July", "august": "August", "september": "September", "october": "October", "november": "November"},
    **{"december": "December", "jan": "January", "feb": "February", "mar": "March", "apr": "April", "jun": "June"},
    **{"jul": "July", "aug": "August", "sept": "September", "sep": "September", "oct": "October", "nov": "November", "dec": "December"},
}
MONTH_BY_NUMBER = tuple(dict.fromkeys(MONTHS.values()))

WEEKDAYS = {
    **{"Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Thur": "Thursday"},
    **{"Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday"},
}

SCALES = {
    **{"k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million", "MM": "million", "b": "billion", "B": "billion"},
    **{"bn": "billion", "Bn": "billion", "T": "trillion", "tn": "trillion", "trn": "trillion"},
    **{word: word for word in ("hundred", "thousand", "million", "billion", "trillion")},
}

# sign or code: one, many, one hundredth, hundredths
CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "US$": ("U.S. dollar", "U.S. dollars", "cent", "cents"),
    "NT$": ("Taiwan dollar", "Taiwan dollars", "cent", "cents"),
    "HK$": ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
    "A$": ("Australian dollar", "Australian dollars", "cent", "cents"),
    "AU$": ("Australian dollar", "Australian dollars", "cent", "cents"),
    "C$": ("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "CA$": ("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "S$": ("Singapore dollar", "Singapore dollars", "cent", "cents"),
    "R$": ("real", "reais", "centavo", "centavos"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "sen", "sen"),
    "CN¥": ("yuan", "yuan", "fen", "fen"),
    "₹": ("rupee", "rupees", "paisa", "paise"),
    "₩": ("won", "won", "jeon", "jeon"),
    "₽": ("ruble", "rubles", "kopeck", "kopecks"),
    "₿": ("bitcoin", "bitcoin", "satoshi", "satoshis"),
    "USD": ("U.S. dollar", "U.S. dollars", "cent", "cents"),
    "EUR": ("euro", "euros", "cent", "cents"),
    "GBP": ("British pound", "British pounds", "penny", "pence"),
    "JPY": ("yen", "yen", "sen", "sen"),
    "CNY": ("yuan", "yuan", "fen", "fen"),
    "RMB": ("yuan", "yuan", "fen", "fen"),
    "CHF": ("Swiss franc", "Swiss francs", "centime", "centimes"),
    "CAD": ("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "AUD": ("Australian dollar", "Australian dollars", "cent", "cents"),
    "INR": ("rupee", "rupees", "paisa", "paise"),
}

# unit: one, many
UNITS = {
    "km": ("kilometer", "kilometers"),
    "m": ("meter", "meters"),
    "cm": ("centimeter", "centimeters"),
    "mm": ("millimeter", "millimeters"),
    "µm": ("micrometer", "micrometers"),
    "μm": ("micrometer", "micrometers"),
    "nm": ("nanometer", "nanometers"),
    "mi": ("mile", "miles"),
    "ft": ("foot", "feet"),
    "in": ("inch", "inches"),
    "yd": ("yard", "yards"),
    "yds": ("yards", "yards"),
    "km²": ("square kilometer", "square kilometers"),
    "km2": ("square kilometer", "square kilometers"),
    "m²": ("square meter", "square meters"),
    "m2": ("square meter", "square meters"),
    "m³": ("cubic meter", "cubic meters"),
    "cm³": ("cubic centimeter", "cubic centimeters"),
    "sq ft": ("square | foot", "square | feet"),
    "sq mi": ("square | mile", "square | miles"),
    "sq km": ("square | kilometer", "square | kilometers"),
    "fl oz": ("fluid | ounce", "fluid | ounces"),
    "ha": ("hectare", "hectares"),
    "kg": ("kilogram", "kilograms"),
    "g": ("gram", "grams"),
    "mg": ("milligram", "milligrams"),
    "µg": ("microgram", "micrograms"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"),
    "t": ("ton", "tons"),
    "L": ("liter", "liters"),
    "l": ("liter", "liters"),
    "ml": ("milliliter", "milliliters"),
    "mL": ("milliliter", "milliliters"),
    "cl": ("centiliter", "centiliters"),
    "gal": ("gallon", "gallons"),
    "km/h": ("kilometer per hour", "kilometers per hour"),
    "kph": ("kilometer per hour", "kilometers per hour"),
    "kmh": ("kilometer per hour", "kilometers per hour"),
    "mph": ("mile per hour", "miles per hour"),
    "m/s": ("meter per second", "meters per second"),
    "kn": ("knot", "knots"),
    "mpg": ("mile per gallon", "miles per gallon"),
    "tsp": ("teaspoon", "teaspoons"),
    "tbsp": ("tablespoon", "tablespoons"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
    "℃": ("degree Celsius", "degrees Celsius"),
    "℉": ("degree Fahrenheit", "degrees Fahrenheit"),
    "KB": ("kilobyte", "kilobytes"),
    "kB": ("kilobyte", "kilobytes"),
    "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"),
    "TB": ("terabyte", "terabytes"),
    "PB": ("petabyte", "petabytes"),
    "Mbps": ("megabit per second", "megabits per second"),
    "Gbps": ("gigabit per second", "gigabits per second"),
    "Hz": ("hertz", "hertz"),
    "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"),
    "W": ("watt", "watts"),
    "kW": ("kilowatt", "kilowatts"),
    "MW": ("megawatt", "megawatts"),
    "GW": ("gigawatt", "gigawatts"),
    "kWh": ("kilowatt hour", "kilowatt hours"),
    "MWh": ("megawatt hour", "megawatt hours"),
    "GWh": ("gigawatt hour", "gigawatt hours"),
    "V": ("volt", "volts"),
    "mAh": ("milliamp hour", "milliamp hours"),
    "hp": ("horsepower", "horsepower"),
    "rpm": ("revolution per minute", "revolutions per minute"),
    "fps": ("frame per second", "frames per second"),
    "px": ("pixel", "pixels"),
    "MP": ("megapixel", "megapixels"),
    "dB": ("decibel", "decibels"),
    "hPa": ("hectopascal", "hectopascals"),
    "psi": ("pound per square inch", "pounds per square inch"),
    "kcal": ("kilocalorie", "kilocalories"),
    "cal": ("calorie", "calories"),
    "ms": ("millisecond", "milliseconds"),
    "s": ("second", "seconds"),
    "sec": ("second", "seconds"),
    "secs": ("seconds", "seconds"),
    "min": ("minute", "minutes"),
    "mins": ("minutes", "minutes"),
    "h": ("hour", "hours"),
    "hr": ("hour", "hours"),
    "hrs": ("hours", "hours"),
    "yr": ("year", "years"),
    "yrs": ("years", "years"),
    "bps": ("basis point", "basis points"),
    "pp": ("percentage point", "percentage points"),
    "ppm": ("part per million", "parts per million"),
    "pcs": ("pieces", "pieces"),
    "pc": ("piece", "pieces"),
    "pt": ("point", "points"),
    "pts": ("points", "points"),
}

PER = {
    **{"mo": "month", "month": "month", "yr": "year", "year": "year", "wk": "week", "week": "week", "day": "day", "night": "night"},
    **{"hr": "hour", "h": "hour", "hour": "hour", "min": "minute", "s": "second", "sec": "second", "user": "user", "seat": "seat"},
    **{"person": "person", "pp": "person", "lb": "pound", "oz": "ounce", "kg": "kilogram", "g": "gram", "L": "liter", "bbl": "barrel"},
    **{"ton": "ton", "t": "ton", "mi": "mile", "mile": "mile", "km": "kilometer", "gal": "gallon", "share": "share", "unit": "unit"},
    **{"cup": "cup", "item": "item", "piece": "piece", "kWh": "kilowatt hour", "sq ft": "square foot"},
}

COMPASS = {"N": "north", "E": "east", "S": "south", "W": "west"}

# With their full stop; read so wherever they stand.
ABBREVIATIONS = {
    **{"ext.": "extension", "Ext.": "Extension", "Rte.": "Route"},
    **{
        "approx.": "approximately",
        "vs.": "versus",
        "etc.": "et cetera",
        "e.g.": "for example",
        "i.e.": "that is",
        "a.k.a.": "also known as",
    },
    **{"Inc.": "Incorporated", "Ltd.": "Limited", "Corp.": "Corporation", "Co.": "Company", "Bros.": "Brothers", "Jr.": "Junior"},
    **{
        "Sr.": "Senior",
        "Ave.": "Avenue",
        "Blvd.": "Boulevard",
        "Rd.": "Road",
        "Hwy.": "Highway",
        "Apt.": "Apartment",
        "Dept.": "Department",
    },
    **{"dept.": "department", "est.": "established", "Est.": "Established", "avg.": "average", "max.": "maximum", "min.": "minimum"},
    **{
        "Govt.": "Government",
        "govt.": "government",
        "Univ.": "University",
        "Assn.": "Association",
        "incl.": "including",
        "excl.": "excluding",
    },
    **{"Ph.D.": "P H D", "M.D.": "M D", "cf.": "compare", "et al.": "et | al", "Mr.": "Mister", "Mrs.": "Missus", "Ms.": "Miz"},
    **{"Prof.": "Professor", "Ln.": "Lane", "Pkwy.": "Parkway", "ca.": "circa"},
}
# Without one; whole words in just this writing.
WORDS = {
    **{"YoY": "year over year", "QoQ": "quarter over quarter", "MoM": "month over month"},
    **{"vs": "versus", "w/": "with", "w/o": "without", "aka": "also known as", "OK": "okay", "Ok": "okay", "IKEA": "Ikea", "PhD": "P H D"},
    **{"SaaS": "sass", "JPEG": "jay peg", "iOS": "eye O S", "macOS": "mack O S", "WiFi": "Wi-Fi", "ASAP": "A S A P", "etc": "et cetera"},
    **{
        "LLC": "L L C",
        "Mr": "Mister",
        "Mrs": "Missus",
        "e.g": "for example",
        "i.e": "that is",
        "and/or": "and or",
        "24/7": "twenty-four seven",
    },
    **{"9/11": "nine eleven", "UNESCO": "Unesco", "UNICEF": "Unicef", "OPEC": "Opec", "FIFA": "Feefa", "UEFA": "Ueefa", "NOAA": "Noah"},
    **{
        "9-1-1": "nine one one",
        "CO2": "C O two",
        "H2O": "H two O",
        "N/A": "N A",
        "km/h": "kilometers per hour",
        "mph": "miles per hour",
        "OLED": "oh led",
        "QR": "Q R",
        "Q&A": "Q and A",
        "R&D": "R and D",
        "B&B": "B and B",
        "AT&T": "A T and T",
    },
    **{
        "H&M": "H and M",
        "M&A": "M and A",
        "P&L": "P and L",
        "S&P": "S and P",
        "C++": "C plus plus",
        "C#": "C sharp",
        "A/B": "A B",
        "AC/DC": "A C D C",
    },
    **{"TCP/IP": "T C P I P", "1-on-1": "one on one", "1:1": "one to one", "50/50": "fifty fifty", "20/20": "twenty twenty"},
}
# Only before a name.
TITLES = {
    **{
        "Dr": "Doctor",
        "Gen": "General",
        "Gov": "Governor",
        "Sen": "Senator",
        "Rep": "Representative",
        "Capt": "Captain",
        "Lt": "Lieutenant",
    },
    **{"Col": "Colonel", "Sgt": "Sergeant", "Rev": "Reverend", "Hon": "Honorable", "Pres": "President", "St": "Saint", "Mt": "Mount"},
    **{"Ft": "Fort", "Cmdr": "Commander", "Maj": "Major", "Adm": "Admiral", "Fr": "Father", "Supt": "Superintendent"},
}
# Only before a number.
COUNTED = {
    **{"No": "number", "no": "number", "Nos": "numbers", "nos": "numbers", "p": "page", "pp": "pages", "vol": "volume", "Vol": "Volume"},
    **{
        "fig": "figure",
        "Fig": "Figure",
        "ch": "chapter",
        "Ch": "Chapter",
        "Sec": "Section",
        "sec": "section",
        "ep": "episode",
        "Ep": "Episode",
    },
    **{"Art": "Article", "art": "article", "pt": "part", "Pt": "Part"},
}
# May stand before a capital letter without the sentence being over.
NEVER_LAST = frozenset(
    {"ext.", "rte.", "mr.", "mrs.", "ms.", "prof.", "e.g.", "i.e.", "vs.", "approx.", "cf.", "incl.", "excl.", "avg.", "ca.", "et."}
    | {f"{title.lower()}." for title in TITLES}
)
STARTERS = frozenset(
    """
    the a an it its he she they we you i in on at but and so this that these those there
    our your their his her now then when if as for from with by no yes what why how who one two
    more most all some many after before here get see shop
    """.split()  # noqa: SIM905
)
ROMAN_AFTER = (
    *("Chapter", "Part", "Act", "Volume", "Book", "Phase", "Stage", "Type", "Class", "Level", "Section", "Title", "Article", "Episode"),
    *("Season", "World War", "War", "Super Bowl", "Apollo", "Rocky", "Final Fantasy", "Mark", "Schedule", "Tier", "Grade", "Scene"),
)
ROMAN_KINGS = (
    *("Henry", "Louis", "Charles", "George", "Edward", "William", "James", "Elizabeth", "Richard", "Pope", "Paul", "John", "Pius"),
    *("Benedict", "Leo", "Francis", "Philip", "Catherine", "Frederick", "Napoleon", "Nicholas", "Alexander", "Gregory", "Ramesses"),
)
SCHEMES = {
    "com",
    "org",
    "net",
    "io",
    "co",
    "ai",
    "app",
    "dev",
    "shop",
    "store",
    "gov",
    "edu",
    "uk",
    "de",
    "cn",
    "eu",
    "tv",
    "me",
    "info",
    "news",
    "us",
}
SPELLED_ENDINGS = {"io": "I O", "uk": "U K", "de": "D E", "cn": "C N", "eu": "E U", "tv": "T V", "us": "U S", "ai": "A I", "edu": "E D U"}

# States as they stand after a town; some are words as well, and count only before a ZIP code.
STATES = {
    **{"AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado"},
    **{"CT": "Connecticut", "DE": "Delaware", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho"},
    **{"IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana"},
    **{"ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi"},
    **{"MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey"},
    **{"NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma"},
    **{"OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee"},
    **{"TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington", "WV": "West Virginia"},
    **{"WI": "Wisconsin", "WY": "Wyoming", "DC": "D C"},
}
SAFE_STATES = tuple(
    name for name in STATES if name not in ("AK", "AL", "CO", "DE", "HI", "ID", "IN", "LA", "MA", "ME", "OH", "OK", "OR", "PA")
)

# What `m` after a figure counts in millions.
PEOPLE = (
    *(
        "people",
        "users",
        "viewers",
        "followers",
        "subscribers",
        "customers",
        "visitors",
        "views",
        "downloads",
        "households",
        "homes",
        "jobs",
    ),
    *("voters", "workers", "tourists", "copies", "shares", "units", "barrels", "tickets", "children", "tonnes", "tons", "streams"),
)
SOFTWARE = ("Python", "iOS", "Android", "Node", "Java", "Kotlin", "Swift", "Ruby", "PHP", "Kubernetes")
