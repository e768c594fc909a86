"""Small lists in each authority's layout, with entries that nobody has published."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

SAMPLES = Path(__file__).parent / "samples"


def _sample(name: str) -> str:
    return (SAMPLES / name).read_bytes().decode()


UN = _sample("un.xml")
UN_OLDER = _sample("un_older.xml")
ADVANCED = _sample("ofac_advanced.xml")
ENHANCED = _sample("ofac_enhanced.xml")
EU = _sample("eu.xml")
CONLIST = _sample("uk_conlist.csv")
UK_LIST = _sample("uk_list.csv")

SDN = (
    '36,"CHAN, Tai Man","individual","EXAMPLE] [OTHER",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    '"Manager of EXAMPLE TRADING; DOB 12 Aug 1970; alt. DOB circa 1971; POB Hong Kong; nationality China;'
    " Gender Male; Chinese Commercial Code 7115 1129 2429; National ID No. A123456(3) (Hong Kong);"
    " Passport K0000001 (Hong Kong) issued 1 Jan 2001 expires 1 Jan 2011; a.k.a. 'BIG; MAN';"
    ' Linked To: EXAMPLE TRADING."\r\n'
    '37,"EXAMPLE TRADING",-0- ,"EXAMPLE",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    '"C.R. No. 0000001 (Hong Kong); SWIFT/BIC EXAMHK"\r\n'
    '38,"EXAMPLE STAR","vessel","EXAMPLE",-0- ,"VRAA0","Crude Oil Tanker",-0- ,-0- ,"Panama","EXAMPLE TRADING",'
    '"Vessel Registration Identification IMO 9074729; MMSI 000000001."\r\n'
    "\x1a"
)
ALT = (
    '36,1,"aka","CHEN, Dawen",-0- \r\n36,2,"fka","CHAN, Siu Man",-0- \r\n'
    '37,3,"aka","SAMPLE, TRADING",-0- \r\n\x1a'
)
ADD = (
    '36,1,"1 Example Road","Kowloon","Hong Kong",-0- \r\n37,2,-0- ,-0- ,"undetermined",-0- \r\n\x1a'
)
COMMENTS = '37,"HH; LEI 00EXAMPLE0000000000 (China)"\r\n\x1a'


INTERNAL = (
    "客戶編號,英文姓名 (English name),中文姓名,出生日期,身份證號碼,中文電碼,國籍,備註,其他欄\n"
    "C1,CHAN Tai Man,陳大文,12/08/1970,a123456(3),7115 1129 2429,中國,例子,x\n"
    "C2,示例貿易有限公司 Example Trading Limited,,,,,香港,,\n"
    "C3,,,,,,,沒有名稱,\n"
)


def ofac(folder: Path, prefix: str = "") -> Path:
    """OFAC's four files; the path of the primary one."""
    for name, text in (("sdn", SDN), ("alt", ALT), ("add", ADD), ("sdn_comments", COMMENTS)):
        (folder / f"{prefix}{name}.csv").write_bytes(text.encode("latin-1"))
    return folder / f"{prefix}sdn.csv"


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def ods(path: Path, rows: list[list[str]]) -> Path:
    """A sheet, with a blank row and the millions of empty cells that programs write after the last."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string"><text:p>'
            f"{cell.replace('&', '&amp;')}</text:p></table:table-cell>"
            if cell
            else "<table:table-cell/>"
            for cell in row
        )
        + '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        for row in rows
    )
    blank = (
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="List">{cells}{blank}</table:table>'
        '<table:table table:name="Other"><table:table-row><table:table-cell><text:p>no</text:p>'
        "</table:table-cell></table:table-row></table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped(path, {"mimetype": kind, "content.xml": content.encode()})


def csv_rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))
