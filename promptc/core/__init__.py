"""Words and documents: findings, digests, canonical bytes, values, artifacts, manifests. Pure, standard library alone."""
