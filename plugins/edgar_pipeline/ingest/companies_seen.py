"""The companies of the warehouse: whose submissions JSON is worth keeping up to date."""

from edgar_pipeline.errors import WarehouseError
from edgar_pipeline.settings import Settings


def companies_seen(settings: Settings) -> list[str]:
    """Every CIK that a published filing belongs to, within EDGAR_CIKS; none where nothing is published yet.

    A filing belongs to its subject company, its issuer or its first filer. Those who own shares or sign are not asked about:
    a day names thousands of persons, and their JSON says no more than their filings do.
    """
    import duckdb  # half a second that a command line without this need not wait for

    path = settings.published_dir / "edgar.duckdb"
    if not path.exists():
        return []
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            rows = connection.execute("select distinct cik from marts.fct_filings order by cik").fetchall()
    except duckdb.Error as error:
        raise WarehouseError(f"{path} cannot be read ({error}): publish again, or name the companies") from error
    return [cik for (cik,) in rows if settings.ciks is None or cik in settings.ciks]
