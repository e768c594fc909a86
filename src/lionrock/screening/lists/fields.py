"""What a column of an institution's own list can hold, and which headers say so."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from lionrock.screening.entities import IdentifierKind


class Field(StrEnum):
    IGNORE = "ignore"
    ID = "id"
    TYPE = "type"
    NAME = "name"
    CHINESE_NAME = "chinese_name"
    FAMILY_NAME = "family_name"
    GIVEN_NAME = "given_name"
    ALIAS = "alias"
    FORMER_NAME = "former_name"
    BIRTH = "birth"
    BIRTH_PLACE = "birth_place"
    GENDER = "gender"
    COUNTRY = "country"
    """Nationality of a person, place of incorporation or flag of another."""
    HKID = "hkid"
    CCC = "ccc"
    PASSPORT = "passport"
    NATIONAL_ID = "national_id"
    REGISTRATION = "registration"
    LEI = "lei"
    TAX = "tax"
    IMO = "imo"
    SWIFT = "swift"
    ADDRESS = "address"
    PROGRAMME = "programme"
    POSITION = "position"
    LISTED_ON = "listed_on"
    NOTES = "notes"


IDENTIFIERS = {
    Field.HKID: IdentifierKind.HKID,
    Field.CCC: IdentifierKind.CCC,
    Field.PASSPORT: IdentifierKind.PASSPORT,
    Field.NATIONAL_ID: IdentifierKind.NATIONAL_ID,
    Field.REGISTRATION: IdentifierKind.REGISTRATION,
    Field.LEI: IdentifierKind.LEI,
    Field.TAX: IdentifierKind.TAX,
    Field.IMO: IdentifierKind.IMO,
    Field.SWIFT: IdentifierKind.SWIFT,
}

_HEADERS = {
    Field.ID: "id, no, number, ref, reference, reference no, entry id, record id, customer id, customer no,"
    " customer number, client id, cif, cif no, uid, unique id, 編號, 编号, 序號, 序号, 客戶編號, 客户编号, 檔號,"
    " 參考編號",
    Field.TYPE: "type, entity type, party type, customer type, individual or entity, category, schema,"
    " 類別, 类别, 類型, 类型, 客戶類別, 客户类别",
    Field.NAME: "name, full name, english name, name in english, name english, customer name, entity name,"
    " company name, name of person, name of individual, name of entity, designated person, party name, legal name,"
    " 姓名, 名稱, 名称, 英文姓名, 英文名稱, 英文名称, 英文名, 公司名稱, 公司名称, 客戶姓名, 客户姓名,"
    " 客戶名稱, 客户名称",
    Field.CHINESE_NAME: "chinese name, name in chinese, name chinese, chinese, original script,"
    " name original script, name in original script, native name, 中文姓名, 中文名, 中文名稱, 中文名称, 原文姓名",
    Field.FAMILY_NAME: "surname, family name, last name, lastname, 姓, 姓氏, 英文姓氏, 英文姓",
    Field.GIVEN_NAME: "given name, given names, first name, firstname, forename, forenames, other names, 名, 名字,"
    " 英文名字",
    Field.ALIAS: "alias, aliases, aka, a k a, also known as, other name, alternative name, alternative names,"
    " 別名, 别名, 又名, 化名, 別稱",
    Field.FORMER_NAME: "former name, former names, fka, f k a, formerly known as, previous name, maiden name,"
    " 曾用名, 前稱, 前称, 舊名",
    Field.BIRTH: "dob, d o b, date of birth, birth date, birthdate, birthday, born, year of birth, 出生日期, 生日,"
    " 出生年份, 出生年月日",
    Field.BIRTH_PLACE: "pob, place of birth, birth place, birthplace, 出生地, 出生地點, 出生地点",
    Field.GENDER: "gender, sex, 性別, 性别",
    Field.COUNTRY: "nationality, nationalities, country, citizenship, country of incorporation, jurisdiction,"
    " country of registration, flag, 國籍, 国籍, 國家, 国家, 註冊地, 注册地, 成立地點",
    Field.HKID: "hkid, hkid no, hkid number, hkic, hkic no, hk id, hk id no, hong kong identity card no,"
    " hong kong identity card number, identity card no, id card no, 身份證號碼, 身份证号码, 身分證號碼, 香港身份證號碼,"
    " 香港身份證, 身份證",
    Field.CCC: "ccc, ccc code, commercial code, chinese commercial code, chinese commercial codes, 電碼, 中文電碼,"
    " 商用電碼, 電報碼, 标准电码, 標準電碼",
    Field.PASSPORT: "passport, passport no, passport number, travel document no, 護照, 護照號碼, 护照, 护照号码",
    Field.NATIONAL_ID: "national id, national id no, national identification number, id no, id number,"
    " 國民身份證, 居民身份证, 居民身份证号码, 證件號碼, 证件号码",
    Field.REGISTRATION: "registration no, registration number, company no, company number, br no, br number,"
    " business registration no, business registration number, ci no, cr no, brn, incorporation number,"
    " 公司編號, 公司编号, 商業登記號碼, 商业登记号码, 商業登記證號碼, 註冊編號, 注册编号, 公司註冊編號,"
    " 統一社會信用代碼, 统一社会信用代码",
    Field.LEI: "lei, lei code, legal entity identifier",
    Field.TAX: "tax id, tin, tax number, tax identification number, 稅務編號, 税号, 納稅人識別號, 纳税人识别号",
    Field.IMO: "imo, imo no, imo number, imo編號",
    Field.SWIFT: "swift, swift code, bic, swift bic, 銀行代碼",
    Field.ADDRESS: "address, residential address, registered address, correspondence address, 地址, 住址, 通訊地址,"
    " 註冊地址, 注册地址",
    Field.PROGRAMME: "programme, program, programs, regime, list, list name, sanctions programme, 制裁計劃, 名單, 名单",
    Field.POSITION: "position, title, designation, occupation, role, job title, 職位, 职位, 職銜, 职衔, 職業, 职业",
    Field.LISTED_ON: "listed on, date listed, listing date, date added, date of designation, 列入日期,"
    " 刊憲日期, 指認日期",
    Field.NOTES: "notes, note, remarks, remark, comments, comment, other information, reason, reasons, 備註, 备注,"
    " 附註, 其他資料, 原因",
}  # fmt: skip


def guess_mapping(headers: Sequence[str]) -> dict[str, str]:
    """Each header with the field it seems to hold, "ignore" for those that say none known.

    In English, Traditional and Simplified Chinese, or both in one header ("Name 姓名", "英文姓名 (English)").
    It is a proposal: show it to the user.
    """
    known = {_key(word): field for field, words in _HEADERS.items() for word in words.split(",")}
    return {header: str(_guess(header, known)) for header in headers}


def _guess(header: str, known: dict[str, Field]) -> Field:
    for part in (header, *_parts(header)):
        field = known.get(_key(part))
        if field is not None:
            return field
    return Field.IGNORE


def _parts(header: str) -> list[str]:
    """Of a header in two languages: what is outside brackets, inside, the Chinese, the rest."""
    outer, _, rest = header.replace("（", "(").partition("(")
    han = "".join(letter for letter in header if "\u3400" <= letter <= "\u9fff")
    other = "".join(letter if letter.isascii() else " " for letter in header)
    return [outer, rest.partition(")")[0], han, other]


def _key(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())
