"""Self-instruct, call 1: English with some Chinese, after a chatty preamble.

Eleven lines, three of which fall: a heading, a near copy and one about tone.
"""

CALL = 1
LANGUAGE = "en"

ANSWER = """\
Of course! Here are some more instructions in the spirit of your examples, in both languages:

- Write your response as one valid JSON object with the keys "answer" and "reason".
- Start every word of your response with the same letter.
- Use the word "however" exactly one time in your response.
- Present your answer as a Markdown table with exactly two columns.
- 请把回答分成三行，每行都以阿拉伯数字开头。
- And a few that are a little harder to check:
- Never begin two neighbouring sentences with the same word.
- 请在回答中至少使用两个成语。
- Answer in a friendly and engaging tone.
- Spell out every number as a word and use no digits.
- Close with a separate last line that begins with "Tip:".
"""
