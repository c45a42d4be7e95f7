"""The word lists that the rules of titles share: what English and the filings of EDGAR capitalise, shorten and name.

Each list is closed: a word belongs in it for what it means anywhere, never because one filing would read better with it.
"""


def words(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"

#: Words that a title writes small, except at its beginning and after a colon or dash.
SMALL_WORDS = words(
    "a an and as at but by for from in into nor of on onto or over per than that the to under upon via with "
    "within among between through pursuant dated"
)

#: Names and terms that are written in capitals wherever they occur. Letters without a vowel are capitals anyway.
CAPITALS = words(
    """
    ADR ADS AG AI AIDS AML AMT API ARM ASC AT&T ATM ATS BDC BP CAGR CD CDC CEO CFO CIO CLO CMBS COBRA COO COSO COVID
    CPA CRM CTO CUSIP DNA DOE DOJ DRS DSL EBITDA EBITDAR EDGAR EPA EPS ERISA ESG ESOP ESPP ETF ETN EU EUR EVP FAQ
    FASB FCC FDA FDIC FERC FHLB FINRA FTC FX FY GAAP GBP GDP GE GM HIV HR HSBC IBM ICO IFRS II III IMF INR IP IPO
    IRA IRS ISDA ISIN ISO IT IV IX JPY KPMG LED LIBOR LLC LLP LNG LP LTE LTIP MBIA MBS MD MD&A MRI NASA NASD NAV NDA
    NGL NIM NOI NYSE OEM OLED OTC OTCQB PC PCAOB PDF PIPE PLC PRC PSU PSUS QSR R&D RBC REIT RMB RNA ROI RSU RSUS SA
    SAB SAR SARS SBA SEC SERP SOFR SOX SPAC SPV SUV SVP TARP TSX TV UAE UBS UK UPS US USA USD VI VIE VII VIII VP
    WKSI XBRL XI XII XIV XV XVI XX XXI
    """
)

#: Names that follow no rule of capitals.
SPECIAL_FORMS = {
    "nasdaq": "Nasdaq", "prnewswire": "PRNewswire", "pricewaterhousecoopers": "PricewaterhouseCoopers", "ipad": "iPad",
    "iphone": "iPhone", "ebay": "eBay", "jpmorgan": "JPMorgan", "blackrock": "BlackRock", "ixbrl": "iXBRL", "gmbh": "GmbH",
    "cohnreznick": "CohnReznick", "youtube": "YouTube", "linkedin": "LinkedIn", "plc": "plc", "ph.d": "Ph.D",
}  # fmt: skip

#: Shortened words that end in a full stop without ending a sentence.
ABBREVIATIONS = words(
    "inc corp co ltd bros mr mrs ms dr messrs prof hon rev jr sr st ave blvd no nos vs v art arts sec secs fig figs "
    "est approx dept div vol vols pp p ed cf al etc i.e e.g viz u.s u.k u.n n.a n.v s.a s.p.a a.g l.p l.l.c l.l.p "
    "p.l.c d.c p.o ph.d m.d a.m p.m jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri calif mass "
    "conn del penn tex fla ill mich minn wash ariz ga va md tenn ala ore colo wis ind kan ky la okla bldg ste rm fl "
    "ext tel attn gen gov sen rep capt col lt sgt"
)

#: What a document can be: a line with one of these words, near the top, is a heading.
KINDS = words(
    "agreement agreements amendment amendments supplement addendum assignment assumption plan plans bylaws by-laws "
    "certificate certificates certification certifications articles memorandum charter indenture note notes "
    "debenture warrant warrants option consent consents opinion attorney letter code policy policies guidelines "
    "procedures subsidiaries computation calculation statement statements schedule lease sublease deed mortgage "
    "guaranty guarantee guarantees waiver release notice resolution resolutions minutes report reports contract "
    "contracts undertaking termination settlement order judgment license licence award awards description summary "
    "terms sheet presentation transcript list index prospectus offer proxy ballot questionnaire application review "
    "results announcement highlights update overview confirmation commitment instrument receipt pledge security "
    "subscription joinder forbearance promissory covenant covenants program programme rules regulations disclosure "
    "disclosures form appendix annex estimate valuation fairness acknowledgement acknowledgment authorization "
    "designation designations election declaration bonds bond tables table data fact dividend interim circular "
    "financials shareholders stockholders"
)

#: Words of titles that are never names: how a text writes them need not be looked up.
PLAIN_WORDS = words(
    "independent registered public accounting firm press chief executive financial officer section act adopted inc "
    "corp corporation limited company companies group holdings third fourth fifth quarter quarterly annual year "
    "fiscal months month ended january february april june july august september october november december stock "
    "share shares common preferred purchase employment amended restated registration rights joint filing limited "
    "general special meeting board directors director compensation equity incentive deferred bonus severance "
    "indemnification credit loan merger acquisition asset assets ratio fixed charges calculation fee filing insider "
    "trading business conduct ethics charter committee governance restricted unit units performance non-employee"
)

#: Verbs of headlines: a line that begins or ends with one goes on from, or into, its neighbour.
HEADLINE_VERBS = words(
    "announces announce announced announcing reports report reported reporting completes complete completed "
    "acquires acquire appoints appoint names declares closes prices signs enters receives launches provides issues "
    "files elects expands sells agrees joins becomes merges adopts amends approves wins raises posts sets begins "
    "commences delivers achieves exceeds increases introduces unveils updates regains schedules responds drives "
    "selects extends terminates redeems repurchases resumes suspends secures obtains grants awards invests "
    "initiates presents publishes releases confirms plans intends proposes offers buys purchases hires promotes "
    "opens restates delays"
)

#: How the names of companies end, without full stops.
COMPANY_ENDS = words(
    "inc incorporated corp corporation company co ltd limited llc llp lp plc nv sa spa ag ab asa se bv gmbh kgaa na "
    "group holding holdings bank bancorp bancshares trust fund partners partnership technologies pharmaceuticals "
    "therapeutics energy financial international industries systems associates capital laboratories resources "
    "properties communications networks software semiconductor enterprises ventures subsidiaries association"
)
#: Words that make a phrase of a line: a name has none of them.
PHRASE_WORDS = words("of with for from by between among on at to will is are has have")
#: Words of postal addresses.
STREET_WORDS = words(
    "street avenue road suite floor boulevard drive parkway plaza ste blvd ave lane highway route square box room "
    "building tower place center centre"
)

#: Words of a line that says nothing but a period, and what may stand between them.
PERIOD_WORDS = words(
    "three six nine twelve fiscal year years month months week weeks quarter quarters ended ending period periods "
    "fy q1 q2 q3 q4 jan feb mar apr jun jul aug sep sept oct nov dec"
) | frozenset(MONTHS.lower().split("|"))
PERIOD_FILLERS = words(
    "the and in of as at for first second third fourth total pro forma change actual audited unaudited restated"
)
