"""What a pass spends its time in: element-wise steps and attention."""
