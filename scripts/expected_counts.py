#!/usr/bin/env python3
"""Works out what the warehouse should hold for a folder of Sparkify data, without any SQL.

    python3 scripts/expected_counts.py [FOLDER] > expected.json     (default: data/sparkify)

Written from the description of the tables alone, to be compared with what the models build. Each
digest is the SHA-256 of a table's rows: values separated by tabs (NULL as \\N, moments as
milliseconds since 1970), rows sorted by their bytes, each followed by a line feed.
"""

import collections
import datetime
import hashlib
import json
import pathlib
import sys


def objects(folder):
    """The objects of every file below a folder: any number in a file, white space between them."""
    decoder = json.JSONDecoder()
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        text = path.read_bytes().decode()
        position = 0
        while True:
            while position < len(text) and text[position] in " \t\r\n":
                position += 1
            if position == len(text):
                break
            value, position = decoder.raw_decode(text, position)
            yield value


def whole(value):
    """A value as an integer column holds it."""
    return None if value is None or value == "" else int(value)


def ordered(*values):
    """A sorting key in which None comes last."""
    return tuple((value is None, value) for value in values)


def digest(rows):
    lines = ["\t".join("\\N" if v is None else str(v) for v in row) + "\n" for row in rows]
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def catalogue_of(records):
    """The song for each title, artist name and duration: the one with the smallest identifier."""
    catalogue = {}
    for record in records:
        if record.get("song_id"):
            key = (record.get("title"), record.get("artist_name"), float(record["duration"]))
            song = (record["song_id"], record.get("artist_id"))
            catalogue[key] = min(song, catalogue.get(key, song))
    return catalogue


def songs_of(records):
    by_id = collections.defaultdict(list)
    for record in records:
        if record.get("song_id"):
            by_id[record["song_id"]].append(record)

    def rank(record):
        return (-(record.get("year") or 0),) + ordered(
            record.get("title"), record.get("artist_id"), float(record["duration"])
        )

    return [min(group, key=rank) for group in by_id.values()]


def artists_of(records):
    by_id = collections.defaultdict(list)
    for record in records:
        if record.get("artist_id"):
            by_id[record["artist_id"]].append(record)

    def rank(record):
        return (record.get("artist_latitude") is None, not record.get("artist_location")) + ordered(
            record.get("artist_name"), record.get("artist_location"),
            record.get("artist_latitude"), record.get("artist_longitude"),
        )

    return [min(group, key=rank) for group in by_id.values()]


def users_of(played):
    latest = {}
    for event in played:
        user = whole(event.get("userId"))
        if user is None:
            continue
        rank = (event["ts"], whole(event["sessionId"]), whole(event["itemInSession"]))
        if user not in latest or rank > latest[user][0]:
            latest[user] = (rank, event)
    return {user: event for user, (_, event) in latest.items()}


def expected(folder):
    records = list(objects(folder / "song_data"))
    events = list(objects(folder / "log_data"))
    played = [event for event in events if event.get("page") == "NextSong"]

    catalogue = catalogue_of(records)
    unknown = (None, None)
    plays = []
    for event in played:
        length = event.get("length")
        key = (event.get("song"), event.get("artist"), None if length is None else float(length))
        plays.append((event, *catalogue.get(key, unknown)))
    users = users_of(played)
    songs = songs_of(records)
    artists = artists_of(records)
    moments = {
        ts: datetime.datetime.fromtimestamp(ts // 1000, datetime.timezone.utc)
        for ts in {event["ts"] for event in played}
    }
    days = {moment.date() for moment in moments.values()}

    play_rows = [
        (event["ts"], whole(event.get("userId")), event.get("level"), song, artist,
         whole(event.get("sessionId")), event.get("location"))
        for event, song, artist in plays
    ]
    user_rows = [
        (user, event.get("firstName"), event.get("lastName"), event.get("gender"), event.get("level"))
        for user, event in users.items()
    ]
    song_rows = [(s["song_id"], s.get("title"), s.get("artist_id"), s.get("year")) for s in songs]
    artist_rows = [(a["artist_id"], a.get("artist_name"), a.get("artist_location")) for a in artists]
    time_rows = [
        (ts, m.hour, m.day, m.isocalendar()[1], m.month, m.year, m.isoweekday() % 7)
        for ts, m in moments.items()
    ]

    return {
        "rows": {
            "staging_events": len(events),
            "staging_songs": len(records),
            "songplays": len(plays),
            "users": len(users),
            "songs": len(songs),
            "artists": len(artists),
            "time": len(moments),
            "daily_activity": len(days),
            "top_songs": len({song for _, song, _ in plays if song is not None}),
        },
        "facts": {
            "songplays of known songs": sum(song is not None for _, song, _ in plays),
            "songplays at level paid": sum(event.get("level") == "paid" for event in played),
            "users at level paid": sum(event.get("level") == "paid" for event in users.values()),
            "songs with a year": sum(bool(song.get("year")) for song in songs),
            "artists with coordinates": sum(a.get("artist_latitude") is not None for a in artists),
            "first play": min(moments, default=None),
            "last play": max(moments, default=None),
        },
        "digests": {
            "songplays(start_time, user_id, level, song_id, artist_id, session_id, location)":
                digest(play_rows),
            "users(user_id, first_name, last_name, gender, level)": digest(user_rows),
            "songs(song_id, title, artist_id, year)": digest(song_rows),
            "artists(artist_id, name, location)": digest(artist_rows),
            "time(start_time, hour, day, week, month, year, weekday)": digest(time_rows),
        },
    }


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "data/sparkify")
    print(json.dumps(expected(folder), indent=2))


if __name__ == "__main__":
    main()
