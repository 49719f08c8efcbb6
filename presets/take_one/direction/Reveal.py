import bpy

card = bpy.types.TAKEONE_OT_preset_add.card()

card.words = "pull out slowly while craning up"
card.sound = "wind, distant birds"
card.motion = "WORDS"
