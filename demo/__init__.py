"""The small EDGAR archive that the demo and the tests run on, generated from data in this package.

What is fact and what is not: the company (CIK 1804583) is real, and so are the dates, form types, exhibit types and
titles of its entries and the names of those who filed them. Every text was written for this project and says so at its
end; figures in it are round and stand for nothing. All other companies and persons of 2023-05-18 are invented, and so
are all accession numbers, hours, file names and film numbers, and every CIK and accession number that begins with 00099.
The days on which drafts and letters became public are chosen to be plausible.
"""
