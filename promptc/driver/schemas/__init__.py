"""JSON Schemas: what editors and other tools validate the formats against, and this project's own overlays."""
