"""Any text, and text with much in it that is found, that looks like masks, or that almost is either."""

from __future__ import annotations

from hypothesis import strategies as st

from lionrock.gateway.guards.kinds import LABELS

PIECES = st.sampled_from(
    [
        "A123456(3)", "G123456(A)", "4111 1111 1111 1111", "9123 4567", "+852 2345 6789", "K12345678",
        "chan@example.com", "012-345678-833", "GB29 NWBK 6016 1331 9268 19", "11010519491231002X",
        "Chan Tai Man", "陳大文先生",
        "香港九龍彌敦道100號金龍大廈12樓B室", "233 Electric Road, North Point",
        "Ａ１２３４５６（３）", "客戶", "Mr ", "姓名：", ", ", " ",
        "\n", "\t", '"', "\\", "[", "]", "-", "1", "(", "號",
        "[HKID-1]", "[HKID-", "HKID-1]", "[TEXT-1]", "[TEXT-2]", "[PHONE-1]", "[NAME-10]", "[NAME-01]",
        "[CNID-12345678]",
    ]
)  # fmt: skip
MASKS = st.builds("[{}-{}]".format, st.sampled_from([*LABELS.values(), "TEXT"]), st.integers(0, 40))
DENSE = st.lists(PIECES | MASKS | st.text(max_size=4), max_size=30).map("".join)
ANY = st.text() | DENSE
