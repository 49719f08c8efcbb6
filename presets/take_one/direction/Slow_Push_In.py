import bpy

card = bpy.types.TAKEONE_OT_preset_add.card()

card.words = "slowly push in"
card.sound = "room tone"
card.motion = "WORDS"
