"""The still as depth layers, with what they occlude, and frames drawn from them."""
