import bpy

card = bpy.types.TAKEONE_OT_preset_add.card()

card.words = "crane down slowly, then hold"
card.sound = "wind"
card.motion = "WORDS"
