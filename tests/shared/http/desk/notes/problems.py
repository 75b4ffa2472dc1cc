PROBLEMS = {
    "desk-closed": {
        "zh": ("柜台已关", "{until} 再来。"),
        "en": ("Desk closed", "Come back at {until}."),
    },
}
FIELDS = {"note.shouting": {"zh": "请小声", "en": "Do not shout"}}
