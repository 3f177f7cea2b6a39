"""Patterns as staff might type them, and answers to match against them, for hypothesis."""

from hypothesis import strategies as st

_PIECES = [
    *("a", "b", "é", "😀", "日", "K", "ſ", " ", "#", "&", "~", "-", "]", "}", "^", "$", "()"),
    *(".", r"\d", r"\w", r"\s", r"\D", r"\W", r"\S"),
    *("[ab]", "[^ab]", "[a-z]", r"[\w-]", r"[^\s]", r"[\D]", "[ß-é]", r"[^\W_]", "[😀-😂]"),
    *("[&~|]", "[.-]", r"[a\-z]", "[$^]", r"[^\n]", r"[\s\S]"),
    *(r"\.", r"\-", r"\/", r"\x41", r"\u00e9", r"\$", r"\^", r"\\"),
]
_REPEATS = ["", "+", "*", "?", "{2}", "{0,2}", "{1,}", "{,2}", "{0}", "+?", "*?", "??"]

_parts = st.recursive(
    st.tuples(st.sampled_from(_PIECES), st.sampled_from(_REPEATS)).map("".join),
    lambda inner: st.tuples(
        st.sampled_from(["(", "(?:", "(?<n>"]),
        st.lists(st.lists(inner, max_size=3).map("".join), min_size=1, max_size=3).map("|".join),
        st.sampled_from(_REPEATS),
    ).map(lambda group: f"{group[0]}{group[1]}){group[2]}"),
    max_leaves=6,
)
typed_patterns = st.lists(_parts, min_size=1, max_size=3).map("".join) | st.text(
    "ab|()[]{}*+?^$\\-.,12&~:x", max_size=12
)
"""Mostly patterns of the grammar; some are only made of its signs."""

answers = st.text("abAZ09_-^$.&~|[]{}()/\\# \n\r\t\x1c\x85\u2028\ufeffé߀ſK😀日", max_size=8)
