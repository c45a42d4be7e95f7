"""Lines and phrases that every filer writes and that say nothing of a document: data for the rules, all in small letters."""

#: Whole lines, without the punctuation around them.
LINES = frozenset(
    line.strip()
    for line in """
    united states | united states of america | securities and exchange commission
    u.s. securities and exchange commission | us securities and exchange commission
    securities & exchange commission | united states securities and exchange commission | form type | mark one
    current report | annual report | quarterly report | press release | news release | media release
    earnings release | earnings news release | earnings press release | financial news release
    financial press release | financial news | corporate news release | corporate press release | investor release
    investor news | news | press information | media information | media statement | press statement | announcement
    company announcement | news announcement | press announcement | p r e s s r e l e a s e | n e w s r e l e a s e
    n e w s | immediate release | for release | immediate | table of contents | contents | index | page | page no
    back to contents | continued | quicklinks | confidential | strictly confidential | private and confidential
    private & confidential | privileged and confidential | privileged | draft | execution version | execution copy
    conformed copy | final version | final | final execution version | published cusip number | agreed form
    clean version | composite copy | english translation | public version | redacted version | redacted copy
    compliance version | executed version | executed | signature copy | unofficial translation | cover page
    title page | filed herewith | unaudited | audited | logo | graphic | company logo | corporate logo | letterhead
    picture | photo | image | company letterhead | exempted company limited by shares | company limited by shares
    of the cayman islands | the cayman islands | in the cayman islands | office of the secretary of state
    secretary of state | division of corporations | witnesseth | w i t n e s s e t h | recitals | r e c i t a l s
    background | preamble | definitions | introduction | purpose | whereas | name | names | number | description
    jurisdiction | title | date | state | entity | registrant | issuer | company | attached | see attached
    reserved | notice | by hand | by fax | by email | by e-mail | by edgar | by courier | by facsimile
    by federal express | firm / affiliate offices | firm | affiliate | offices | attorneys at law | solicitors
    barristers | certified public accountants | chartered accountants | registered public accounting firm
    independent auditors | the board of directors | board of directors | board of trustees
    board of directors and shareholders | board of directors and stockholders
    the board of directors and stockholders | the board of directors and shareholders
    the shareholders and board of directors | the stockholders and board of directors
    office of the chief accountant | division of corporation finance | audit committee | people's republic of china
    people’s republic of china | p.r. china | pr china | china | beijing | shanghai | hong kong | london | singapore
    israel | canada | united kingdom | bermuda | cayman islands | england | ireland | the netherlands | switzerland
    new york | chicago | boston | houston | los angeles | san francisco | tokyo | paris
    """.replace("\n", "|").split("|")
)

#: How lines begin that are furniture whatever follows.
PREFIXES = (
    "re:", "name jurisdiction", "name of subsidiary", "subsidiary jurisdiction", "jurisdiction of", "state of incorporation",
    "state or country", "place of incorporation", "name state", "name place",
    "quicklinks", "quick links", "use these links", "links to rapidly", "click here", "via edgar", "via fedex",
    "via courier", "via email", "via e-mail", "via hand", "via fax", "via facsimile", "via federal express",
    "via overnight", "via electronic", "by edgar ", "our ref", "your ref", "my ref", "our file", "your file",
    "docproperty", "doc id", "document id", "client-matter", "client matter", "auth code", "authentication code",
    "http:", "https:", "www.", "for immediate release", "for release", "for general release", "not for immediate",
    "not for release", "not for distribution", "not for publication", "for publication", "embargoed", "for use in",
    "filed pursuant", "filed by", "pursuant to rule", "subject to rule", "rule 424", "registration no",
    "registration nos", "registration statement no", "registration file", "commission file", "file no", "file nos",
    "sec file", "as filed with the", "as confidentially submitted", "as submitted", "to the addressee",
    "this circular is important", "in thousands", "in millions", "(in thousands", "(in millions", "dollars in ",
    "(dollars in", "(u.s. dollars", "$ in ", "($ in", "amounts in ", "(unaudited", "(continued", "the companies act",
    "the companies law", "award number", "draft of", "draft dated", "draft ", "exact name of", "(exact name",
    "(state or other", "state or other jur", "(address", "(zip code", "i.r.s.", "(i.r.s", "(name of", "(registrant",
    "please read", "please see", "certain confidential", "c/o ", "attn", "attention:", "to:", "from:", "cc:", "date:",
    "subject:", "nasdaq:", "nyse:", "tsx:", "otc:", "ticker:", "symbol:", "stock code", "nyse symbol",
    "nasdaq symbol", "grant date", "grantee:", "participant:", "optionee:", "employee name", "holder:",
    "to the board", "to the shareholders", "to the stockholders", "to the directors", "to the members",
    "to the partners", "to the holders", "to the trustee",
)  # fmt: skip

#: Phrases of covers; a paragraph with one of them is boilerplate.
COVER = (
    "indicate by check", "check the following", "check the appropriate", "check box", "aggregate market value",
    "securities registered", "securities to be registered", "pursuant to section 13", "pursuant to section 12",
    "section 13 or 15(d)", "requirements of section", "requirements of the securities", "pursuant to rule 13a-16",
    "exact name of", "state or other jurisdiction", "address of principal", "telephone number", "zip code",
    "documents incorporated by reference", "remainder of this cover page", "required in the remainder",
    "required on the remainder", "if the filing person has previously", "emerging growth company", "shell company",
    "date of event", "approximate date of commencement", "if any of the securities", "if this form is",
    "registrant hereby amends", "neither the securities and exchange commission", "neither the sec",
    "securities and exchange commission has not", "commission nor any", "prospectus is not complete",
    "supplement is not complete", "not complete and may be changed", "as confidentially submitted", "copies to",
    "copies of all communications", "copies of communications", "agent for service", "name, address",
    "accelerated filer", "transition period", "date of earliest", "date of report", "written communications pursuant",
    "soliciting material", "pre-commencement", "commission file", "employer identification", "omb number",
    "omb approval", "estimated average", "hours per response", "thereby furnishing the information", "also thereby",
    "furnishes the information", "name of reporting", "names of reporting", "i.r.s. ", "see instructions",
    "amount registered", "amount to be registered", "the registrant is a", "filed by the registrant",
    "payment of filing fee", "no fee required", "calculation of registration fee",
    "calculation of the registration fee", "table of contents", "former name", "duly caused this",
    "title of each class", "trading symbol", "who are to respond", "whether the registrant", "rule 13d-1",
    "voting power", "dispositive power", "power to vote", "power to dispose", "reduced disclosure format",
    "auditor firm id", "pcaob id", "filed pursuant to", "shares outstanding of", "number of shares outstanding",
    "annual reports under cover", "file number assigned", "thereunto duly authorized", "general instruction",
    "mark whether", "regulation s-t", "under the securities exchange act", "for the month of", "identification no",
    "incorporation or organization", "report of foreign private issuer", "broker or dealer registered",
    "as defined in section 3(a)", "information regarding the aggregate", "amount beneficially owned",
    "by signing below i certify", "per unit price or other", "proposed maximum aggregate",
    "registered under section 8 of the investment company", "after reasonable inquiry and to the best",
)  # fmt: skip

#: Phrases of what stands above a document rather than in it: securities legends, notes on omitted parts.
LEGENDS = (
    "not been registered", "not been and will not be registered", "been omitted", "are omitted", "is omitted",
    "redacted", "been excluded", "confidential treatment", "not to be relied", "[*", "unofficial", "translation",
    "brackets", "certain portions", "certain information", "certain identified", "certain confidential",
    "may not be transferred", "may not be sold", "has been filed", "for the contents", "for identification purposes",
    "use these links", "sensitive personal", "requires your immediate attention",
)  # fmt: skip

FORWARD_LOOKING = ("forward-looking", "forward looking statements", "private securities litigation", "safe harbor")

#: Phrases of the first paragraph of a press release.
RELEASES = (
    "prnewswire", "pr newswire", "business wire", "businesswire", "globe newswire", "globenewswire", "marketwire",
    "market wire", "accesswire", "newsfile", "first call", "canada newswire", "/cnw", "primenewswire",
    "today announced", "today reported", "today said", "today issued", "announced today", "reported today", "(nasdaq",
    "(nyse", "(otc", "(tsx", "(amex", "(lse", "(aim",
)  # fmt: skip


def contains(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether one of the phrases stands in the text, whatever its case."""
    lower = text.lower()
    return any(phrase in lower for phrase in phrases)
