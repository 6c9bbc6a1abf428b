"""What the API accepts, refuses and stores, one package per area; this folder holds what all areas share."""
