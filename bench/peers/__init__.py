"""The servers that customer360 is measured against."""
