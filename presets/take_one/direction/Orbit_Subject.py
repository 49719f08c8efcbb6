import bpy

card = bpy.types.TAKEONE_OT_preset_add.card()

card.words = "orbit right slowly around the subject"
card.sound = "room tone"
card.motion = "WORDS"
