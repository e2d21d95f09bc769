"""Self-instruct, call 0: English. Ten lines, three of which fall by novelty."""

CALL = 0
LANGUAGE = "en"

ANSWER = """\
- Use at least two words written entirely in capital letters.
- Keep every sentence of your response under twelve words.
- Write your whole response in lowercase letters, without any capital letters.
- Start your response with the word "Honestly".
- Include exactly one question mark in your response.
- Do not use any commas in your response.
- Make the reader smile without telling a joke.
- Write your response as exactly two paragraphs separated by a blank line.
- Use the word "however" exactly once in your response.
- Divide your response into an opening of two sentences that names the topic, a middle part of five sentences that each add one new fact and mention its source, a turning point of one sentence that begins with the word "Still", and a closing of two sentences that repeats the first sentence of the opening word for word.
"""
