"""Random items, and random spellings of them: see item_model for what a value is."""
import base64
import decimal

from item_model import MAX_DOCUMENTS, SETS, element_order, number_text, utf8

SCALARS = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS"]
# Ranges of code points that strings are made of; none has surrogates or NUL.
ALPHABETS = [(0x61, 0x7A), (0x20, 0x7E), (0x01, 0x1F), (0x7F, 0x9F), (0xA1, 0x24F), (0x300, 0x36F), (0x4E00, 0x9FFF),
             (0xE000, 0xFFFF), (0x10000, 0x10FFFF), (0x1F300, 0x1F6FF)]
ODD_CHARACTERS = '"\\/\b\t\n\f\ra\u2028\ufeff\ufffe\U0010ffff\x7f'
DECOYS = ['{"S":"decoy"}', '{"N":"1"}', '{"L":[]}', '{"NULL":true}']


class Generator:
    def __init__(self, rng):
        self.rng = rng

    def chance(self, probability):
        return self.rng.random() < probability

    # ---- values ----

    def character(self):
        if self.chance(0.1):
            return self.rng.choice(ODD_CHARACTERS)
        return chr(self.rng.randint(*self.rng.choice(ALPHABETS)))

    def string(self, shortest=0):
        if self.chance(0.3):
            return self.rng.choice("abcAB1")
        length = self.rng.randint(shortest, 12) if self.chance(0.97) else self.rng.randint(200, 600)
        if self.chance(0.3):
            low, high = self.rng.choice(ALPHABETS)
            return "".join(chr(self.rng.randint(low, high)) for _ in range(length))
        return "".join(self.character() for _ in range(length))

    def binary(self):
        length = self.rng.choice([0, 1, 1, 2, 2, 3, 4, 5, 31, 32, 33])
        if self.chance(0.2):
            return bytes([self.rng.choice([0, 1, 127, 128, 255])]) * length
        return self.rng.randbytes(length)

    def number(self):
        """A number of any precision and magnitude that the service has."""
        rng = self.rng
        if self.chance(0.15):
            return decimal.Decimal(rng.choice([0, 1, -1, 2, 10, -10, 99, 100, 101]))
        length = rng.choice([1, 1, 2, 2, 3, 4, 5, 10, 19, 20, 36, 37, 38, 38])
        alphabet = rng.choice([range(10), range(10), (0, 9), (9,), (0, 0, 0, 1)])
        digits = [rng.randint(1, 9)] + [rng.choice(alphabet) for _ in range(length - 1)]
        exponent = rng.choice([rng.randint(-3, 4), rng.randint(-40, 40), rng.randint(-130, 125), -130, -129, 124, 125])
        return decimal.Decimal((int(self.chance(0.5)), digits, exponent - length + 1)).normalize()

    def elements(self, kind):
        """One to some elements of a set, no two equal."""
        make = {"SS": self.string, "NS": self.number, "BS": self.binary}[kind]
        return list({make() for _ in range(self.rng.choice([1, 2, 2, 3, 5, 12]))})

    def scalar(self):
        kind = self.rng.choice(SCALARS)
        if kind == "S":
            return (kind, self.string())
        if kind == "N":
            return (kind, self.number())
        if kind == "B":
            return (kind, self.binary())
        if kind in SETS:
            return (kind, sorted(self.elements(kind), key=element_order(kind)))
        return (kind, self.chance(0.5) if kind == "BOOL" else None)

    def value(self, depth):
        """A value with up to depth documents inside one another."""
        if depth == 0 or self.chance(0.65):
            return self.scalar()
        count = self.rng.choice([0, 1, 2, 3, 4])
        if self.chance(0.5):
            return ("L", [self.value(depth - 1) for _ in range(count)])
        return ("M", self.members(count, depth - 1))

    def members(self, count, depth):
        return {self.string(1): self.value(depth) for _ in range(count)}

    def nested(self, depth):
        """A value with exactly depth documents inside one another."""
        value = self.scalar()
        for _ in range(depth):
            if self.chance(0.5):
                value = ("L", [value] + [self.scalar()] * self.rng.choice([0, 0, 1]))
            else:
                value = ("M", {**self.members(self.rng.choice([0, 0, 1]), 0), self.string(1): value})
        return value

    def large(self):
        """A value near or past where containers take wider integers."""
        count = self.rng.choice([65535, 65536, 66000])
        around = self.rng.choice([65500, 65529, 65530, 65534, 65535, 65536, 100000])
        return self.rng.choice([
            lambda: ("L", [("NULL", None)] * count),
            lambda: ("L", [("S", "x" * around)]),
            lambda: ("M", {"n" * min(around, 65535): ("BOOL", True)}),
            lambda: ("M", {"%x" % i: ("NULL", None) for i in range(count)}),
            lambda: ("NS", [decimal.Decimal(i) for i in range(1, count + 1)]),
            lambda: ("SS", ["x" * around, "y"]),
            lambda: ("BS", [bytes([i % 256, i // 256]) for i in range(count - 1000)]),
            lambda: ("B", bytes(around)),
        ])()

    def item(self):
        kind = self.rng.random()
        if kind < 0.15:
            return {self.rng.choice("ab"): self.rng.choice([("S", "1"), ("N", decimal.Decimal(1)), ("L", []), ("M", {}), ("SS", ["1"])])
                    for _ in range(self.rng.randint(0, 2))}
        if kind < 0.18:
            return {self.string(1): self.nested(self.rng.choice([5, 10, 30, MAX_DOCUMENTS, MAX_DOCUMENTS])), **self.members(1, 1)}
        if kind < 0.181:
            return {self.string(1): self.large(), "z": self.scalar()}
        return self.members(self.rng.choice([0, 1, 1, 2, 3, 4, 6, 10]), 4)

    # ---- neighbours ----

    def neighbour(self, item):
        """An item that differs in little or nothing."""
        if not item:
            return {} if self.chance(0.5) else {"a": ("NULL", None)}
        if self.chance(0.4):
            return item
        name = self.rng.choice(sorted(item))
        changed = dict(item)
        value = changed.pop(name)
        if self.chance(0.1):
            return changed
        if self.chance(0.1):
            name += self.character()
        changed[name] = self.changed(value)
        return changed

    def changed(self, tagged):
        kind, value = tagged
        if kind == "M":
            return (kind, self.neighbour(value)) if self.chance(0.8) else ("L", [])
        if kind == "L" and value:
            place = self.rng.randrange(len(value))
            return self.rng.choice([
                lambda: (kind, value[:place] + [self.changed(value[place])] + value[place + 1:]),
                lambda: (kind, value[::-1]),
                lambda: (kind, value[:place] + value[place + 1:]),
            ])()
        if kind in SETS:
            return self.rng.choice([
                lambda: (kind, value[::-1]),
                lambda: (kind, value[1:] or value),
                lambda: ("L", [(SETS[kind], element) for element in value]),
            ])()
        return self.changed_scalar(kind, value)

    def changed_scalar(self, kind, value):
        if kind == "S":
            return self.rng.choice([(kind, value + self.character()), (kind, value[1:]), ("B", utf8(value)), (kind, value.swapcase()), ("SS", [value])])
        if kind == "N":
            return self.rng.choice([(kind, -value), (kind, value), ("S", number_text(value)), ("NS", [value])])
        if kind == "B":
            return self.rng.choice([(kind, value + b"\0"), (kind, value[:-1]), (kind, value)])
        if kind == "BOOL":
            return (kind, not value)
        return self.rng.choice([("L", [("NULL", None)]), ("NULL", None), ("L", []), ("M", {})])

    # ---- spellings ----

    def space(self):
        return self.rng.choice(["", "", "", "", " ", "\t", "\n", "\r\n "])

    def escape(self, character):
        code = ord(character)
        short = {'"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
        if character in short and self.chance(0.5):
            return short[character]
        if code < 0x10000:
            return self.rng.choice(["\\u%04x", "\\u%04X"]) % code
        return "\\u%04x\\u%04X" % (0xD800 + (code - 0x10000 >> 10), 0xDC00 + (code & 0x3FF))

    def spelled_string(self, text):
        escape_all = self.rng.choice([0, 0, 0.1, 1]) if len(text) < 1000 else 0
        return '"' + "".join(self.escape(c) if c < " " or c in '"\\' or (escape_all and self.chance(escape_all)) else c for c in text) + '"'

    def spelled_number(self, number):
        """Another text of the same number."""
        rng = self.rng
        if self.chance(0.4):
            return number_text(number)
        sign, digits, exponent = number.as_tuple()
        if number == 0:
            sign, digits, exponent = rng.randint(0, 1), [0] * rng.randint(1, 3), rng.choice([0, 0, 5, -5, 500, -500])
        digits = "0" * rng.choice([0, 0, 1, 3]) + "".join(map(str, digits))
        zeros = rng.choice([0, 0, 0, 1, 2, 40])
        digits += "0" * zeros
        exponent -= zeros
        place = rng.randint(0, len(digits))
        exponent += len(digits) - place
        text = ("-" if sign else rng.choice(["", "", "+"])) + digits[:place]
        if place < len(digits) or self.chance(0.1):
            text += "." + digits[place:]
        if exponent != 0 or self.chance(0.1):
            text += rng.choice("eE") + ("-" if exponent < 0 else rng.choice(["", "+"])) + "0" * rng.choice([0, 0, 2]) + str(abs(exponent))
        return text

    def any_number_text(self):
        """The text of some number, or nearly."""
        rng = self.rng
        text = self.spelled_number(self.number())
        if self.chance(0.5):
            return text
        place = rng.randint(0, len(text))
        return rng.choice([
            lambda: text[:place] + rng.choice("0123456789.eE+- x") + text[place:],
            lambda: text[:place] + text[place + 1:],
            lambda: rng.choice(["", "-"]) + "9" * rng.randint(37, 40) + "e" + str(rng.randint(85, 90)),
            lambda: rng.choice(["", "-"]) + "1" * rng.randint(1, 3) + "e-" + str(rng.randint(126, 135)),
            lambda: str(rng.getrandbits(rng.randint(100, 132))),
        ])()

    def spelled_scalar(self, kind, value):
        if kind == "S":
            return self.spelled_string(value)
        if kind == "N":
            return '"' + self.spelled_number(value) + '"'
        if kind == "B":
            return '"' + base64.b64encode(value).decode() + '"'
        return "true" if value or kind == "NULL" else "false"

    def spelled_elements(self, kind, elements):
        order = list(elements)
        if len(order) < 1000:
            self.rng.shuffle(order)
        return "[" + ",".join(self.space() + self.spelled_scalar(SETS[kind], element) for element in order) + self.space() + "]"

    def spelled_value(self, tagged):
        kind, value = tagged
        if kind == "M":
            text = self.spelled_item(value)
        elif kind == "L":
            text = "[" + ",".join(self.space() + self.spelled_value(element) for element in value) + self.space() + "]"
        elif kind in SETS:
            text = self.spelled_elements(kind, value)
        else:
            text = self.spelled_scalar(kind, value)
        return "{" + self.space() + '"' + kind + '":' + self.space() + text + self.space() + "}"

    def spelled_item(self, item):
        """JSON text of the item: members and elements in any order, some members twice."""
        names = list(item)
        if len(names) < 1000:
            self.rng.shuffle(names)
        members = [self.spelled_string(name) + self.space() + ":" + self.space() + self.spelled_value(item[name]) for name in names]
        if names and self.chance(0.05):
            members.insert(0, self.spelled_string(self.rng.choice(names)) + ":" + self.rng.choice(DECOYS))
        return "{" + ",".join(self.space() + member for member in members) + self.space() + "}"
