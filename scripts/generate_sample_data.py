#!/usr/bin/env python3
"""Writes the sample data of the example project: a week of invented listening.

    python3 scripts/generate_sample_data.py [FOLDER]        (default: data/sparkify)

The layout is that of the public Sparkify data: song_data/A/B/C/*.json, log_data/YYYY/MM/*.json and
log_json_path.json. People, artists and songs are made up. The same files come out on every run and
machine: there is no clock in here, and chance is a counter put through a hash.

Awkward values are here on purpose; `AWKWARD` marks each place.
"""

import datetime
import hashlib
import json
import pathlib
import shutil
import sys

FIRST_DAY = datetime.datetime(2018, 11, 1, tzinfo=datetime.timezone.utc)
DAYS = 7

JSON_PATHS = [
    "artist", "auth", "firstName", "gender", "itemInSession", "lastName", "length", "level",
    "location", "method", "page", "registration", "sessionId", "song", "status", "ts",
    "userAgent", "userId",
]

# identifier, name, location, latitude, longitude
ARTISTS = {
    "lantern": ("The Lantern Keepers", "Tromsø, Norway", 69.6492, 18.9553),
    "brass": ("Brass & Thunder", "New Orleans, LA", 29.95465, -90.07507),
    # AWKWARD: an apostrophe, in a name and in a place.
    "ohara": ("Maeve O'Hara", "Cobh, County Cork (\"the Queen's town\")", None, None),
    # AWKWARD: double quotes inside the name.
    "kid": ('"Kid" Calloway', "", None, None),
    # AWKWARD: slashes, escaped and not, and a backslash.
    "split": ("Either/Or", "Berlin / Kreuzberg", 52.49973, 13.40338),
    "slash": ("Back\\Slash", "C:\\Music", None, None),
    # AWKWARD: letters of two, three and four bytes.
    "zoe": ("Zoë & the Ünderground", "Zürich", 47.37689, 8.54169),
    "misaki": ("美咲", "京都市", 35.01164, 135.76803),
    "emoji": ("Owl 🦉 Parliament", "", None, None),
    # AWKWARD: text that means something to SQL, to CSV and to templates.
    "bobby": ("Robert'); drop table songs;--", "Nowhere, {{ nothing }}", None, None),
    "commas": ("Salt, Pepper, Vinegar", "Hull, England | \\N", 53.7457, -0.33671),
    # AWKWARD: a tab and a line break.
    "tabs": ("Tab\tStop", "Line one\nLine two", None, None),
    # AWKWARD: coordinates that are zero are known; null ones are not.
    "null_island": ("Null Island Orchestra", "Gulf of Guinea", 0, 0.0),
    "vesna": ("Весна", "Пловдив", 42.15, 24.75),
    "nil": ("NULL", "null", None, None),
    "quiet": ("Quiet Engine", "Seattle, WA", 47.60356, -122.32944),
    "harbor": ("Harbor Lights Choir", "Halifax, NS", 44.64886, -63.57532),
    "moss": ("Moss", "", None, None),
    "dune": ("Dune Radio", "Nouakchott", 18.0735, -15.9582),
    "paper": ("Paper Kites Union", "Melbourne", -37.8136, 144.9631),
}

# artist, title, duration, year
SONGS = [
    ("lantern", "Polar Night", 214.54322, 2009),
    ("lantern", "Polar Night (Live)", 301.0, 0),
    # AWKWARD: one title, one artist, two durations: two different songs.
    ("lantern", "Snow Line", 188.02893, 2011),
    ("lantern", "Snow Line", 243.59138, 2016),
    ("brass", "Second Line", 176.3, 1998),
    ("brass", "Don't Stop the Parade", 255.16363, 2001),
    ("ohara", "Don't Look Back, Don't", 199.88853, 1974),
    ("ohara", 'The "Real" Story', 231.10485, 1974),
    ("kid", "Midnight Tram", 147.46077, 1961),
    # AWKWARD: the title of another artist's song.
    ("brass", "Midnight Tram", 320.73098, 2003),
    ("split", "24/7", 205.21751, 2014),
    ("slash", "\\n Is Not a Newline", 163.082, 0),
    ("zoe", "Größenwahn", 222.61506, 2012),
    ("zoe", "Ça ira", 190.0, 2013),
    ("misaki", "雨の歌", 268.40771, 2007),
    ("emoji", "Hoot 🎶 Hoot", 155.5, 2018),
    ("bobby", "Little Tables", 240.19546, 0),
    ("commas", 'Salt, "Pepper"; Vinegar', 172.2771, 1988),
    ("tabs", "Indent\tMe", 133.25016, 2015),
    ("null_island", "Zero, Zero", 200, 1884),
    ("vesna", "Роза", 211.38241, 1992),
    ("nil", "NULL", 187.27138, 0),
    # AWKWARD: an empty string is a title too.
    ("nil", "", 61.23057, 0),
    ("quiet", "Idle", 252.62975, 2010),
    ("quiet", "Warm Start", 241.73669, 2010),
    ("harbor", "Fog Signal", 284.57751, 1979),
    ("moss", "North Side", 218.77506, 2017),
    ("dune", "Shortwave", 196.04853, 2005),
    ("dune", "Long Wave", 407.37914, 2005),
    # AWKWARD: longer than the 256 bytes that VARCHAR has when nobody says how many.
    ("paper", "A Letter " + "and Another Letter " * 16 + "Sent", 229.32853, 2008),
]

# What people listen to that the catalogue does not know: artist, title, duration.
UNKNOWN_SONGS = [
    ("Glass Harbor", "Undertow", 213.60281),
    ("Glass Harbor", "Overtow", 187.14077),
    ("Café Sísmico", "Réplica", 178.83383),
    ("The Ninth Floor", "Elevator", 245.08036),
    ("The Ninth Floor", "Stairs / Fire Exit", 260.3619),
    ("DJ Tessellate", "Hexagon", 391.26159),
    ("Anna-Lena Björk", "Sju sjösjuka sjömän", 205.06077),
    ("Mr. Wolf & Mrs. Goat", "The Riddle", 151.48363),
    ("Sunday Drivers", "I'm Late", 199.60118),
    ("Sunday Drivers", 'She Said "Later"', 224.96608),
    ("Copper", "Verdigris", 312.99873),
    ("Kestrel", "Hover", 168.12363),
    # AWKWARD: these look like songs of the catalogue and are not: other case, other duration.
    ('"Kid" Calloway', "MIDNIGHT TRAM", 147.46077),
    ("Quiet Engine", "Idle", 252.62976),
    ("quiet engine", "Warm Start", 241.73669),
]

# first name, last name, gender, level on the first day, location
USERS = [
    ("Ines", "Falk", "F", "paid", "Portland-South Portland, ME"),
    ("Tobias", "Nakamura", "M", "free", "San Jose-Sunnyvale-Santa Clara, CA"),
    # AWKWARD: names that break ASCII and quoting.
    ("Zoë", "D'Angelo", "F", "free", "New York-Newark-Jersey City, NY-NJ-PA"),
    ("Łukasz", "Wróbel", "M", "paid", "Chicago-Naperville-Elgin, IL-IN-WI"),
    ("美咲", "佐藤", "F", "free", "Urban Honolulu, HI"),
    ("Jo \"Jay\"", "Okafor", "M", "free", "Houston-The Woodlands-Sugar Land, TX"),
    ("Amara", "Diallo", "F", "paid", "Atlanta-Sandy Springs-Roswell, GA"),
    ("Pete", "Null", "M", "free", "Tampa-St. Petersburg-Clearwater, FL"),
    ("Rosa", "Quintanilla-Ibáñez", "F", "free", "San Antonio-New Braunfels, TX"),
    ("Sven", "Åkesson", "M", "free", "Minneapolis-St. Paul-Bloomington, MN-WI"),
    ("Lydia", "Marsh", "F", "free", "Eureka-Arcata-Fortuna, CA"),
    ("Omar", "Haddad", "M", "paid", "Detroit-Warren-Dearborn, MI"),
    ("Greta", "Lindqvist", "F", "free", "Lansing-East Lansing, MI"),
    ("Noah", "Brandt", "M", "free", "Waterloo-Cedar Falls, IA"),
    ("Priya", "Raman", "F", "paid", "San Francisco-Oakland-Hayward, CA"),
    ("Elio", "Conti", "M", "free", "Lake Havasu City-Kingman, AZ"),
    ("Hana", "Kovář", "F", "free", "Cedar Rapids, IA"),
    ("Will", "O'Neil", "M", "free", "Boston-Cambridge-Newton, MA-NH"),
]

# index of the user: (day from 0, new level)
LEVEL_CHANGES = {1: (2, "paid"), 4: (4, "paid"), 6: (3, "free"), 13: (5, "paid")}

AGENTS = [
    '"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/36.0.1985.125 Safari/537.36"',
    '"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_4) AppleWebKit/537.77.4 (KHTML, like Gecko) Version/7.0.5 Safari/537.77.4"',
    "Mozilla/5.0 (Windows NT 6.1; WOW64; rv:31.0) Gecko/20100101 Firefox/31.0",
    "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; WOW64; Trident/5.0)",
]

# AWKWARD: longer than the 1024 bytes of its column, with a letter of two bytes across the cut.
LONG_AGENT = "Chatterbox/1.0(" + "é" * 700 + ")"


class Chance:
    """Numbers that look random and are the same everywhere."""

    def __init__(self, name):
        self.name = name
        self.count = 0

    def below(self, bound):
        self.count += 1
        digest = hashlib.sha256(f"{self.name} {self.count}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % bound

    def pick(self, values):
        return values[self.below(len(values))]

    def in_hundred(self, percent):
        return self.below(100) < percent


def letters(name, count):
    """Upper-case letters and digits made from a name, as identifiers have them."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    number = int.from_bytes(hashlib.sha256(name.encode()).digest(), "big")
    text = ""
    for _ in range(count):
        number, remainder = divmod(number, len(alphabet))
        text += alphabet[remainder]
    return text


def song_record(artist, title, duration, year, song_id=None, name=None):
    artist_name, location, latitude, longitude = ARTISTS[artist]
    return {
        "num_songs": 1,
        "artist_id": "AR" + letters("artist " + artist, 16),
        "artist_latitude": latitude,
        "artist_longitude": longitude,
        "artist_location": location,
        "artist_name": name or artist_name,
        "song_id": song_id or "SO" + letters(f"song {artist} {title} {duration}", 16),
        "title": title,
        "duration": duration,
        "year": year,
    }


def write_songs(folder):
    records = [song_record(*song) for song in SONGS]
    texts = [json.dumps(record, ensure_ascii=False) for record in records]

    # AWKWARD: the record of a song twice: the copy knows neither the year nor the place.
    copy = dict(records[0], year=0, artist_location="", artist_latitude=None, artist_longitude=None)
    texts.append(json.dumps(copy))
    # AWKWARD: the same recording under two identifiers; a play of it must not count twice.
    again = song_record("quiet", "Idle", 252.62975, 2010, song_id="SO" + "Z" * 16)
    texts.append(json.dumps(again) + "\n")
    # AWKWARD: another spelling of an artist's name.
    spelt = song_record("harbor", "Harbor Bell", 119.5, 1981, name="HARBOR LIGHTS CHOIR")
    # AWKWARD: missing keys are NULL, unknown keys are ignored, and so are keys in capitals.
    for key in ("artist_latitude", "artist_longitude", "artist_location"):
        del spelt[key]
    spelt.update({"label": {"name": "Buoy Records", "since": [1980]}, "TITLE": "not this one"})
    # AWKWARD: an object over several lines, tabs and carriage returns between its parts.
    texts.append(json.dumps(spelt, indent="\t").replace("\n", "\r\n") + "\r\n")
    # AWKWARD: two objects in one file, with nothing between them.
    first, second = texts.pop(1), texts.pop(1)
    texts.append(first + second)
    # AWKWARD: escapes for what could stand as it is, a pair of surrogates among them.
    texts[14] = json.dumps(json.loads(texts[14])).replace("/", "\\/")

    # AWKWARD: most files do not end with a line break.
    branches = ["AA", "AB", "BA"]
    for index, text in enumerate(texts):
        branch = branches[index % 3] + "ABC"[index // 3 % 3]
        name = "TR" + branch + letters(f"track {index}", 3) + "128F" + letters(f"file {index}", 8)
        path = folder / "song_data" / branch[0] / branch[1] / branch[2] / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


class Log:
    """Collects the events of the week, in the order of the days' files."""

    def __init__(self):
        self.days = [[] for _ in range(DAYS)]
        self.sessions = 0
        self.levels = [user[3] for user in USERS]

    def event(self, user, session, item, moment, page, method="GET", status=200, song=None):
        if user is None:
            person = {"firstName": None, "lastName": None, "gender": None, "location": None,
                      "registration": None, "userAgent": None, "userId": "", "level": "free"}
        else:
            first, last, gender, _, location = USERS[user]
            registered = 1540000000796.0 + user * 86_400_000 / 4
            # AWKWARD: a number with a fraction of zero, which no integer column takes.
            person = {"firstName": first, "lastName": last, "gender": gender, "location": location,
                      "registration": registered, "userAgent": AGENTS[user % len(AGENTS)],
                      "userId": str(user + 2), "level": self.levels[user]}
        artist, title, length = song or (None, None, None)
        values = {
            **person, "artist": artist, "song": title, "length": length, "sessionId": session,
            "itemInSession": item, "ts": moment, "page": page, "method": method, "status": status,
            "auth": "Logged Out" if user is None else "Logged In",
        }
        return {key: values[key] for key in JSON_PATHS}

    def play(self, day, events):
        self.days[day].extend(events)


def fill(log):
    chance = Chance("listening")
    catalogue = [(ARTISTS[a][0], title, duration) for a, title, duration, _ in SONGS]
    for day in range(DAYS):
        midnight = int((FIRST_DAY + datetime.timedelta(days=day)).timestamp()) * 1000
        for user in range(len(USERS)):
            change = LEVEL_CHANGES.get(user)
            if not change or change[0] != day:
                if not chance.in_hundred(70 if log.levels[user] == "paid" else 33):
                    continue
            log.sessions += 1
            session = log.sessions + 100
            moment = midnight + chance.below(20 * 3600 * 1000)
            item = 0
            events = [log.event(user, session, item, moment, "Home")]
            if change and change[0] == day:
                page = "Upgrade" if change[1] == "paid" else "Downgrade"
                for name, method, status in ((page, "GET", 200), ("Submit " + page, "PUT", 307)):
                    item += 1
                    moment += 4000 + chance.below(60000)
                    events.append(log.event(user, session, item, moment, name, method, status))
                log.levels[user] = change[1]
            for _ in range(2 + chance.below(16 if log.levels[user] == "paid" else 9)):
                item += 1
                song = chance.pick(catalogue if chance.in_hundred(35) else UNKNOWN_SONGS)
                events.append(log.event(user, session, item, moment, "NextSong", "PUT", 200, song))
                moment += int(song[2]) * 1000
                if chance.in_hundred(8):
                    item += 1
                    page = chance.pick(["Settings", "Help", "About", "Error"])
                    status = 404 if page == "Error" else 200
                    events.append(log.event(user, session, item, moment, page, "GET", status))
            if chance.in_hundred(40):
                item += 1
                events.append(log.event(user, session, item, moment + 100, "Logout", "PUT", 307))
            log.play(day, events)
        # AWKWARD: visitors who are not logged in have an empty user and no name.
        for _ in range(2 + chance.below(3)):
            log.sessions += 1
            moment = midnight + chance.below(23 * 3600 * 1000)
            session = log.sessions + 100
            log.play(day, [
                log.event(None, session, 0, moment, "Home"),
                log.event(None, session, 1, moment + 12000, "Login", "PUT", 307),
            ])
        log.days[day].sort(key=lambda event: (event["ts"], event["sessionId"], event["itemInSession"]))


def plays(events):
    return [event for event in events if event["page"] == "NextSong"]


def make_awkward(log):
    days = log.days
    # AWKWARD: an event logged twice is two rows in staging and two plays.
    days[0].append(dict(plays(days[0])[3]))
    # AWKWARD: the same moment, session, item and user, but another song.
    other = dict(plays(days[1])[2])
    other.update(artist="Kestrel", song="Hover", length=168.12363)
    days[1].append(other)
    plays(days[1])[0]["userAgent"] = LONG_AGENT
    # AWKWARD: two users start a song in the same millisecond.
    first = plays(days[2])[0]
    second = next(event for event in plays(days[2]) if event["userId"] != first["userId"])
    second["ts"] = first["ts"]
    # AWKWARD: a late event: it happened the day before the day of its file.
    days[4].append(days[3].pop(len(days[3]) // 2))
    # AWKWARD: numbers where others have text, text where others have numbers, 200.0 for 200.
    for event in days[3][::5]:
        if event["userId"]:
            event["userId"] = int(event["userId"])
    for event in days[5][::4]:
        event["sessionId"] = str(event["sessionId"])
    for event in days[6]:
        if event["length"] is not None:
            event["length"] = float(event["length"])
    # AWKWARD: an empty text instead of null where nothing is played.
    for event in days[2]:
        if event["page"] == "Home":
            event["artist"] = event["song"] = ""
    # AWKWARD: keys that are missing altogether.
    for event in days[5]:
        if event["userId"] == "":
            for key in ("firstName", "lastName", "gender", "location", "registration", "userAgent"):
                del event[key]
    # AWKWARD: keys in another order, and one that no path asks for.
    days[6] = [dict(reversed(list(event.items())), debug={"trace": [1, None]}) for event in days[6]]


def write_logs(folder):
    log = Log()
    fill(log)
    make_awkward(log)
    for day, events in enumerate(log.days):
        date = FIRST_DAY + datetime.timedelta(days=day)
        lines = [
            # AWKWARD: escaped slashes everywhere; on odd days escapes instead of UTF-8.
            json.dumps(event, ensure_ascii=day % 2 == 1, separators=(",", ":")).replace("/", "\\/")
            for event in events
        ]
        # AWKWARD: the third day is one long line, the fourth starts with objects over many lines.
        separator = " " if day == 2 else "\n"
        if day == 3:
            lines[:3] = [json.dumps(event, indent=2, ensure_ascii=False) for event in events[:3]]
        path = folder / f"log_data/{date:%Y/%m}/{date:%Y-%m-%d}-events.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        # AWKWARD: only the first file ends with a line break (and then blank lines).
        path.write_bytes((separator.join(lines) + ("\n\n\n" if day == 0 else "")).encode())


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "data/sparkify")
    for part in ("song_data", "log_data"):
        shutil.rmtree(folder / part, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    write_songs(folder)
    write_logs(folder)
    paths = {"jsonpaths": [f"$['{key}']" for key in JSON_PATHS]}
    (folder / "log_json_path.json").write_text(json.dumps(paths, indent=4) + "\n")


if __name__ == "__main__":
    main()
