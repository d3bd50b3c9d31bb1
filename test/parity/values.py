"""Random keys, attribute values and items."""
import base64
import string

TYPES = "SNB"
STRINGS = ["a", "ab", "abc", "b", "Z", "~", "é", "ß", "日本", "\U0001F600", "\uFFFF", " ", "'", '"', "\\",
           "a/b", "\t\n\r\b\f", "\x01\x1f\x7f", "<>&", "0", "true", "x" * 300]
NUMBERS = ["0", "1", "-1", "2", "10", "9", "1.5", "-1.5", "0.001", "-0.001", "100", "99", "1e5", "1E-5", "12345678901234567890",
           "9" * 38, "-" + "9" * 38, "0." + "1" * 38, "1e-130", "-1e-130", "9.9e125", "-9.9e125", "007", "1.50", "+3", "-0", "1000000",
           "00.100", "5.", ".5", "1e+2"]
NAMES = ["a", "b", "c", "d", "m", "l", "name", "a-b", "a.b", "é", "count", "x1", "_u", "1st", "#h", ":v", ""]
MAX_DEPTH = 4


def binary(rng):
    choices = [b"\x00", b"\xff", b"\x00\x01", b"\x7f", b"\x80", b"abc", b"\xff\xff", b"\xfe\xff\x00", bytes(range(20))]
    return base64.b64encode(rng.choice(choices)).decode()


def key_value(rng, key_type):
    """A value that a key attribute of that type may have."""
    if key_type == "S":
        return {"S": rng.choice(STRINGS)}
    if key_type == "N":
        return {"N": rng.choice(NUMBERS)}
    return {"B": binary(rng)}


def attribute_name(rng):
    return rng.choice(NAMES[:-1]) if rng.random() < 0.8 else "".join(rng.choices(string.ascii_letters, k=rng.randint(1, 12)))


def value(rng, depth=0):
    """A value of any type."""
    kind = rng.choice(["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M", "L", "M"])
    if kind in ("L", "M") and depth == MAX_DEPTH:
        kind = "S"
    if kind == "S":
        return {"S": rng.choice(STRINGS + [""])}
    if kind == "N":
        return {"N": rng.choice(NUMBERS)}
    if kind == "B":
        return {"B": rng.choice([binary(rng), ""])}
    if kind == "BOOL":
        return {"BOOL": rng.random() < 0.5}
    if kind == "NULL":
        return {"NULL": True}
    if kind == "SS":
        return {"SS": rng.sample(STRINGS, rng.randint(1, 4))}
    if kind == "NS":
        return {"NS": rng.sample(["1", "2", "-3", "4.5", "1e3", "0"], rng.randint(1, 4))}
    if kind == "BS":
        return {"BS": sorted({binary(rng) for _ in range(3)})}
    if kind == "L":
        return {"L": [value(rng, depth + 1) for _ in range(rng.randint(0, 4))]}
    return {"M": {attribute_name(rng): value(rng, depth + 1) for _ in range(rng.randint(0, 4))}}


def attributes(rng):
    return {attribute_name(rng): value(rng) for _ in range(rng.randint(0, 5))}
