print("xception")
