"""The still as layers, what lies behind them, and frames drawn from them."""
