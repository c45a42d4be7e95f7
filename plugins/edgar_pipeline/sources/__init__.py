"""EDGAR's formats: bytes in, records out. Nothing in here reads a file or asks a server."""
