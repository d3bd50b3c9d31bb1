"""A second opinion on items, written from docs/sql.md and the formats' descriptions.

A value is a pair of type name and Python value: ("S", str), ("N", Decimal),
("B", bytes), ("BOOL", bool), ("NULL", None), ("L", [value]), ("M", {name: value}),
("SS", [str]), ("NS", [Decimal]), ("BS", [bytes]).  An item is a dict of values.
"""
import base64
import decimal
import re
import struct

MAX_SIZE = 400 * 1024
MAX_DOCUMENTS = 31  # documents inside one another, the item itself not counted
MAX_DIGITS = 38
MIN_EXPONENT = -130
MAX_EXPONENT = 125
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\Z")
TAGS = {"S": 1, "N": 2, "B": 3, "NULL": 6, "M": 7, "L": 8, "SS": 9, "NS": 10, "BS": 11}
SETS = {"SS": "S", "NS": "N", "BS": "B"}
ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')

decimal.getcontext().prec = 200


def utf8(text):
    return text.encode("utf-8")


# ---- numbers ----


def number_from_text(text):
    """The number that a spelling means, None if the service refuses it."""
    if not NUMBER.match(text):
        return None
    mantissa, _, exponent = text.lower().partition("e")
    if decimal.Decimal(mantissa) == 0:
        return decimal.Decimal(0)
    if abs(int(exponent or 0)) > 10000:  # Decimal has a limit of its own
        return None
    number = decimal.Decimal(text).normalize()
    if not MIN_EXPONENT <= number.adjusted() <= MAX_EXPONENT or len(number.as_tuple().digits) > MAX_DIGITS:
        return None
    return number


def number_text(number):
    """All digits, no exponent, no zeros to spare."""
    return format(number.normalize(), "f") if number else "0"


def pairs_of_digits(number):
    """Digits by twos, counted from the decimal point, and the power of 100 behind the first pair."""
    whole, _, fraction = format(abs(number), "f").partition(".")
    digits = "0" * (len(whole) % 2) + whole + fraction + "0" * (len(fraction) % 2)
    pairs = [int(digits[i:i + 2]) for i in range(0, len(digits), 2)]
    exponent = (len(whole) + 1) // 2
    while pairs[0] == 0:
        pairs.pop(0)
        exponent -= 1
    while pairs[-1] == 0:
        pairs.pop()
    return pairs, exponent


def number_bytes(number):
    if number == 0:
        return b"\2"
    pairs, exponent = pairs_of_digits(number)
    if number > 0:
        return bytes([3, exponent + 64] + pairs)
    return bytes([1, 127 - exponent - 64] + [100 - pair for pair in pairs] + ([255] if len(pairs) < 20 else []))


def number_size(number):
    return 1 + len(pairs_of_digits(number)[0]) + (number < 0) if number else 1


# ---- text ----


def quoted(text):
    return '"' + ESCAPED.sub(lambda c: ESCAPES.get(c[0], "\\u%04x" % ord(c[0])), text) + '"'


def element_order(kind):
    """What the elements of a set sort by."""
    return {"SS": utf8, "NS": lambda number: number, "BS": lambda data: data}[kind]


def scalar_text(kind, value):
    if kind == "S":
        return quoted(value)
    if kind == "N":
        return '"' + number_text(value) + '"'
    if kind == "B":
        return '"' + base64.b64encode(value).decode() + '"'
    if kind == "BOOL":
        return "true" if value else "false"
    return "true"


def members_text(members, write):
    return "{" + ",".join(quoted(name) + ":" + write(members[name]) for name in sorted(members, key=utf8)) + "}"


def value_text(tagged):
    kind, value = tagged
    if kind == "M":
        text = item_text(value)
    elif kind == "L":
        text = "[" + ",".join(map(value_text, value)) + "]"
    elif kind in SETS:
        text = "[" + ",".join(scalar_text(SETS[kind], element) for element in sorted(value, key=element_order(kind))) + "]"
    else:
        text = scalar_text(kind, value)
    return '{"' + kind + '":' + text + "}"


def item_text(item):
    """The one text of an item; two items are equal if these are."""
    return members_text(item, value_text)


# ---- bytes ----


def container(tag, count, offsets, data):
    wide = count > 0xFFFF or len(data) > 0xFFFF
    integers = struct.pack("<%d%s" % (1 + len(offsets), "I" if wide else "H"), count, *offsets)
    return bytes([tag | (0x10 if wide else 0)]) + integers + data


def end_offsets(parts, offset=0):
    offsets = []
    for part in parts:
        offset += len(part)
        offsets.append(offset)
    return offsets


def scalar_bytes(kind, value):
    return utf8(value) if kind == "S" else number_bytes(value) if kind == "N" else value


def map_bytes(members):
    ordered = sorted((utf8(name), value) for name, value in members.items())
    parts = [name for name, _ in ordered] + [value_bytes(value) for _, value in ordered]
    return container(TAGS["M"], len(ordered), end_offsets(parts), b"".join(parts))


def value_bytes(tagged):
    kind, value = tagged
    if kind == "M":
        return map_bytes(value)
    if kind == "BOOL":
        return b"\4" if value else b"\5"
    if kind == "NULL":
        return b"\6"
    if kind == "L":
        parts = [value_bytes(element) for element in value]
    elif kind in SETS:
        parts = sorted(scalar_bytes(SETS[kind], element) for element in value)
    else:
        return bytes([TAGS[kind]]) + scalar_bytes(kind, value)
    return container(TAGS[kind], len(parts), end_offsets(parts), b"".join(parts))


def item_bytes(item):
    """What the type's send function gives."""
    return b"\1" + map_bytes(item)


# ---- size ----


def value_size(tagged):
    kind, value = tagged
    if kind == "S":
        return len(utf8(value))
    if kind == "B":
        return len(value)
    if kind == "N":
        return number_size(value)
    if kind in SETS:
        return sum(value_size((SETS[kind], element)) for element in value)
    if kind == "L":
        return 3 + sum(1 + value_size(element) for element in value)
    if kind == "M":
        return 3 + len(value) + item_size(value)
    return 1


def item_size(item):
    return sum(len(utf8(name)) + value_size(value) for name, value in item.items())


def documents(tagged):
    """How many lists and maps stand inside one another."""
    kind, value = tagged
    if kind not in "LM":
        return 0
    return 1 + max(map(documents, value if kind == "L" else value.values()), default=0)


def item_depth(item):
    return max(map(documents, item.values()), default=0)


# ---- plain JSON ----


def plain_text(tagged):
    """The value as dynamo.to_json() shows it."""
    kind, value = tagged
    if kind == "M":
        return members_text(value, plain_text)
    if kind == "L":
        return "[" + ",".join(map(plain_text, value)) + "]"
    if kind in SETS:
        return "[" + ",".join(plain_text((SETS[kind], element)) for element in sorted(value, key=element_order(kind))) + "]"
    if kind == "N":
        return number_text(value)
    return "null" if kind == "NULL" else scalar_text(kind, value)


def plain_value(tagged):
    """The value that dynamo.from_json() makes of that: no binaries, no sets."""
    kind, value = tagged
    if kind == "M":
        return (kind, plain_item(value))
    if kind == "L":
        return (kind, [plain_value(element) for element in value])
    if kind in SETS:
        return ("L", [plain_value((SETS[kind], element)) for element in sorted(value, key=element_order(kind))])
    if kind == "B":
        return ("S", base64.b64encode(value).decode())
    return tagged


def plain_item(item):
    return {name: plain_value(value) for name, value in item.items()}


def item_fits(item):
    return item_size(item) <= MAX_SIZE and item_depth(item) <= MAX_DOCUMENTS
