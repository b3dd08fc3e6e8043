"""/console/conflicts: where two people changed one field, somebody who may says which stays."""
