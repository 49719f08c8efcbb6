import bpy

card = bpy.types.TAKEONE_OT_preset_add.card()

card.words = "handheld, then slowly push in"
card.sound = "street, distant traffic"
card.motion = "WORDS"
