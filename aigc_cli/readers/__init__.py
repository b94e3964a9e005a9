"""Reads data files into typed records with their origin: tables, JSON, GeoJSON, feeds."""
