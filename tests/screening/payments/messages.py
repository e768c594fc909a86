"""Small messages of invented parties."""

from __future__ import annotations

UETR = "7a562c67-ca16-48ba-b074-65581be6f001"
_XSD = "urn:iso:std:iso:20022:tech:xsd:"

PACS_008 = f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{_XSD}pacs.008.001.08">
 <FIToFICstmrCdtTrf>
  <GrpHdr>
   <MsgId>MSG-1</MsgId><CreDtTm>2026-11-20T09:00:00+08:00</CreDtTm><NbOfTxs>2</NbOfTxs>
   <SttlmInf><SttlmMtd>INDA</SttlmMtd></SttlmInf>
  </GrpHdr>
  <CdtTrfTxInf>
   <PmtId><InstrId>INS-1</InstrId><EndToEndId>E2E-1</EndToEndId><UETR>{UETR}</UETR></PmtId>
   <IntrBkSttlmAmt Ccy="HKD">1250.50</IntrBkSttlmAmt>
   <IntrBkSttlmDt>2026-11-20</IntrBkSttlmDt>
   <ChrgBr>SHAR</ChrgBr>
   <ChrgsInf><Amt Ccy="HKD">5</Amt><Agt><FinInstnId><BICFI>CHGEHKHH</BICFI></FinInstnId></Agt></ChrgsInf>
   <IntrmyAgt1><FinInstnId><BICFI>MIDDHKHHXXX</BICFI></FinInstnId></IntrmyAgt1>
   <UltmtDbtr><Nm>Harbour Paper Company Limited</Nm><Id><OrgId><LEI>5493001KJTIIGC8Y1R12</LEI></OrgId></Id></UltmtDbtr>
   <Dbtr>
    <Nm>CHAN Tai Man (陳大文)</Nm>
    <PstlAdr><StrtNm>Nathan Road</StrtNm><TwnNm>Kowloon</TwnNm><Ctry>HK</Ctry>
     <AdrLine>c/o Lee Siu Ming</AdrLine></PstlAdr>
    <Id><PrvtId>
     <DtAndPlcOfBirth><BirthDt>1970-03-04</BirthDt><CityOfBirth>Macau</CityOfBirth><CtryOfBirth>MO</CtryOfBirth></DtAndPlcOfBirth>
     <Othr><Id>A123456(3)</Id><SchmeNm><Cd>NIDN</Cd></SchmeNm><Issr>Immigration</Issr></Othr>
    </PrvtId></Id>
    <CtryOfRes>MO</CtryOfRes>
    <CtctDtls><Nm>Miss Ho</Nm></CtctDtls>
   </Dbtr>
   <DbtrAcct><Id><Othr><Id>012-345678-001</Id></Othr></Id><Nm>Chan Family Account</Nm></DbtrAcct>
   <DbtrAgt><FinInstnId><BICFI>DEBTHKHHXXX</BICFI><ClrSysMmbId><MmbId>012</MmbId></ClrSysMmbId></FinInstnId></DbtrAgt>
   <CdtrAgt><FinInstnId><BICFI>CREDGB2L</BICFI><Nm>Example Bank plc</Nm></FinInstnId></CdtrAgt>
   <Cdtr><Nm>Jane Example</Nm><PstlAdr><Ctry>GB</Ctry></PstlAdr></Cdtr>
   <CdtrAcct><Id><IBAN>GB33BUKB20201555555555</IBAN></Id></CdtrAcct>
   <InstrForNxtAgt><InstrInf>Phone before paying</InstrInf></InstrForNxtAgt>
   <Purp><Prtry>School fees</Prtry></Purp>
   <RgltryRptg><Authrty><Nm>Example Authority</Nm></Authrty><Dtls><Inf>Service trade</Inf></Dtls></RgltryRptg>
   <RmtInf>
    <Ustrd>Invoice 7 for Ivan Example</Ustrd>
    <Ustrd>7115 1129 2429</Ustrd>
    <Strd><Invcr><Nm>Ng Kam Fai</Nm></Invcr></Strd>
   </RmtInf>
  </CdtTrfTxInf>
  <CdtTrfTxInf>
   <PmtId><EndToEndId>NOTPROVIDED</EndToEndId><TxId>TX-2</TxId></PmtId>
   <IntrBkSttlmAmt Ccy="CNY">8</IntrBkSttlmAmt>
   <IntrBkSttlmDt>2026-11-21</IntrBkSttlmDt>
   <Dbtr><Nm>Second Payer</Nm></Dbtr>
   <Cdtr><Nm>Second Payee</Nm></Cdtr>
  </CdtTrfTxInf>
 </FIToFICstmrCdtTrf>
</Document>
"""

PACS_009 = f"""<BusMsg>
 <AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02">
  <Fr><FIId><FinInstnId><BICFI>FROMHKHH</BICFI></FinInstnId></FIId></Fr>
  <To><FIId><FinInstnId><BICFI>GOESGB2L</BICFI></FinInstnId></FIId></To>
  <BizMsgIdr>B1</BizMsgIdr>
 </AppHdr>
 <Document xmlns="{_XSD}pacs.009.001.08">
  <FICdtTrf>
   <GrpHdr><MsgId>C-1</MsgId><NbOfTxs>1</NbOfTxs></GrpHdr>
   <CdtTrfTxInf>
    <PmtId><EndToEndId>COV-1</EndToEndId></PmtId>
    <IntrBkSttlmAmt Ccy="USD">99.00</IntrBkSttlmAmt>
    <Dbtr><FinInstnId><Nm>Paying Bank</Nm></FinInstnId></Dbtr>
    <Cdtr><FinInstnId><BICFI>PAIDUS33</BICFI></FinInstnId></Cdtr>
    <UndrlygCstmrCdtTrf>
     <Dbtr><Nm>Wong Siu Lan</Nm></Dbtr>
     <Cdtr><Nm>Blue Kite Trading</Nm></Cdtr>
    </UndrlygCstmrCdtTrf>
   </CdtTrfTxInf>
  </FICdtTrf>
 </Document>
</BusMsg>
"""

PAIN_001 = f"""<Document xmlns="{_XSD}pain.001.001.09">
 <CstmrCdtTrfInitn>
  <GrpHdr><MsgId>P-1</MsgId><NbOfTxs>3</NbOfTxs><InitgPty><Nm>Payroll Bureau</Nm></InitgPty></GrpHdr>
  <PmtInf>
   <PmtInfId>B-1</PmtInfId><ReqdExctnDt><Dt>2026-11-25</Dt></ReqdExctnDt>
   <Dbtr><Nm>First Employer Ltd</Nm></Dbtr>
   <CdtTrfTxInf><PmtId><EndToEndId>S-1</EndToEndId></PmtId><Amt><InstdAmt Ccy="HKD">1</InstdAmt></Amt>
    <Cdtr><Nm>Worker One</Nm></Cdtr></CdtTrfTxInf>
   <CdtTrfTxInf><PmtId><EndToEndId>S-2</EndToEndId></PmtId><Amt><InstdAmt Ccy="HKD">2</InstdAmt></Amt>
    <Cdtr><Nm>Worker Two</Nm></Cdtr></CdtTrfTxInf>
  </PmtInf>
  <PmtInf>
   <PmtInfId>B-2</PmtInfId><ReqdExctnDt><Dt>2026-11-26</Dt></ReqdExctnDt>
   <Dbtr><Nm>Second Employer Ltd</Nm></Dbtr>
   <CdtTrfTxInf><PmtId><EndToEndId>S-3</EndToEndId></PmtId>
    <Amt><EqvtAmt><Amt Ccy="USD">3</Amt><CcyOfTrf>HKD</CcyOfTrf></EqvtAmt></Amt>
    <Cdtr><Nm>Worker Three</Nm></Cdtr></CdtTrfTxInf>
  </PmtInf>
 </CstmrCdtTrfInitn>
</Document>
"""

MT103 = (
    "{1:F01FROMHKHHAXXX0000000000}{2:I103GOESGB2LXXXXN}{3:{121:" + UETR + "}{119:STP}}{4:\r\n"
    ":20:REF-103\r\n"
    ":23B:CRED\r\n"
    ":32A:261120HKD1250,50\r\n"
    ":50F:NIDN/HK/A123456(3)\r\n"
    "1/CHAN TAI MAN\r\n"
    "2/8 NATHAN ROAD\r\n"
    "3/HK/HONG KONG\r\n"
    "4/19700304\r\n"
    "5/MO/MACAU\r\n"
    ":52A:/012345\r\n"
    "DEBTHKHH\r\n"
    ":56D://FW021000089\r\n"
    "MIDDLE EXAMPLE BANK\r\n"
    "1 MAIN STREET\r\n"
    ":57A:CREDGB2L\r\n"
    ":59:/0123456789\r\n"
    "7115 1129 2429\r\n"
    "12 EXAMPLE ROAD LONDON\r\n"
    ":70:INVOICE 7 FOR IVAN EXAMPLE\r\n"
    ":71A:SHA\r\n"
    ":72:/INS/THRDSGSG\r\n"
    "//ON BEHALF OF JANE EXAMPLE\r\n"
    ":77B:/ORDERRES/MO//SERVICE\r\n"
    "-}{5:{CHK:123456789ABC}}"
)

MT202_COV = (
    "{1:F01FROMHKHHAXXX0000000000}"
    "{2:O2020900261120GOESGB2LAXXX00000000002611200900N}{3:{119:COV}}{4:\n"
    ":20:REF-202\n"
    ":21:REF-103\n"
    ":32A:261120USD99,\n"
    ":52A:PAYSHKHH\n"
    ":58A:PAIDUS33\n"
    ":50K:/123\n"
    "THE VERY LONG NAME OF AN INVENTED\n"
    "TRADING COMPANY LIMITED\n"
    "HONG KONG\n"
    ":59A:CUSTGB2L\n"
    "-}"
)
