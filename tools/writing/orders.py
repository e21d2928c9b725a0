"""Orders to a program inside stored texts: sentences of articles, tickets and records that speak to the assistant.

Keeping data apart from instructions is done by code: no stored text can call a tool or approve a plan. But a small model
that is asked to write may still copy or follow what it reads. So what it is shown is stripped of sentences that address
a program, of markup and of encoded text, and what it wrote of addresses that nobody gave it. No list of words is ever
complete; this one makes a nuisance rare, it is not what keeps the house safe.
"""

import re
from collections.abc import Iterable

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2069\ufeff\u202a-\u202e\U000e0000-\U000e007f]")
#: Comments, tags, template code and chat markers: nothing a reader of the text is meant to see.
_MARKUP = re.compile(
    r"<!--.*?(?:-->|$)|\{[%#].*?(?:[%#]\}|$)|\{\{.*?(?:\}\}|$)|<\|.*?\|>|```.*?(?:```|$)|!?\[[^\]\n]*\]\([^)\n]*\)?|"
    r"</?[a-zA-Z][^>\n]*>",
    re.DOTALL,
)
#: base64, hexadecimal and the like: a long run without blanks that mixes letters and digits, or has letters of both sizes
#: within words.
_ENCODED = re.compile(r"\b(?=\w*\d)(?=\w*[a-zA-Z])[A-Za-z0-9+/_-]{24,}={0,2}|\b(?:[0-9a-fA-F]{2}){12,}\b")
_SENTENCES = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")
_ORDERS = re.compile(
    # who is spoken to
    r"\b(?:system|admin|administrator|developer|assistant|human|user|tool|function|instructions?)\s*(?:message|prompt|override|result|"
    r"call|_call|response)?\s*[\]>#*]*\s*[:>\]]|"
    r"(?:\b(?:dear|attention|note to(?: the)?|hey)\s|@)(?:ai|assistant|bot|model|chatbot|llm|agent|hub)\b|"
    r"\b(?:you are|act as|pretend to be|behave as)\b.{0,30}\b(?:assistant|ai|admin\w*|model|mode|root|system)\b|"
    r"\b(?:language model|chatbot|the assistant|an? ai\b|llm|prompt injection|system prompt)|"
    # what is to be forgotten
    r"\b(?:ignor\w*|disregard|forget|overrid\w*|bypass|skip)\b.{0,40}\b(?:instruction|rule|prompt|previous|above|gate|polic|approval)|"
    r"\bnew (?:rule|task|instruction|order)s?\b|"
    # when it is to be done
    r"\b(?:when(?:ever)?|before|after|each time|every time)\b.{0,20}\b(?:you|ai|assistant)\b.{0,30}"
    r"\b(?:read this|write|answer|advis\w+|reply|summari[sz]e|process)|\bwhen (?:advising|writing|answering|replying)\b|"
    r"\b(?:always|never)\b.{0,15}\b(?:end|begin|start|sign)\b.{0,20}\b(?:text|answer|repl\w+|mail|message|post|with)\b|"
    r"\b(?:decode|obey)\b|"
    r"\b(?:every|each|all|any|the|your) (?:text|answer|repl(?:y|ies)|question|ideas?|advert|mail|post|message)s?\b.{0,20}"
    r"\b(?:must|should|with|have to|has to)\b|\bin your (?:next|answer|reply|text|advert)|"
    # what the hub can do
    r"(?:^|\s)/(?:approve|reject|learn|unlearn|[a-z]+ (?:delete|send|create|update|list|remove))\b|\b[a-z]+_[a-z]+(?:_[a-z]+)*\s*\(|"
    r"\b(?:call|use|run|invoke|execute)\s+(?:the\s+)?(?:tool\s+)?[a-z]+_[a-z_]+|"
    r"\b(?:approve|approving|carry out|execute)\b.{0,20}\bplans?\b|\bplan \d+\b|"
    r"\b(?:delete|remove|erase|pause|activate|send|cancel|raise|set)\b.{0,30}\b(?:campaign|template|mailing|budget|workflow|segment|"
    r"leads|every(?:body|one|thing)|all leads|to all)\b|"
    r"\b(?:list|print|export|reveal|show|copy|include|add|put|read)\b.{0,40}"
    r"\b(?:leads?|e-?mail address\w*|passwords?|secrets?|addresses)\b|"
    r"[\"'](?:tool|function|name|arguments|args)[\"']\s*:|"
    # the same in other languages
    r"\b(?:ignorier\w*|vergiss|lösch\w*|bestätig\w*|anweisung\w*|assistent\w*|"
    r"ignora\w*|olvida|borra\w*|elimina\w*|asistente|instrucci\w*|aprueba|env[ií]a a|"
    r"oublie\w*|ignore[zr]?|supprime\w*|consignes?|approuve\w*|"
    r"negeer|verwijder\w*|goedkeur\w*|instructies|assistente|istruzioni|cancella|approva|instruções|apague|ignore tudo)\b|"
    r"игнорир|забудь|удали|подтверди|инструкц|систем[аы]\s*:|ассистент|"
    r"忽略|指令|删除|批准|系统|助手|無視|削除|承認|指示|تجاهل|احذف|التعليمات|무시|삭제",
    re.IGNORECASE | re.DOTALL,
)
_ADDRESS = re.compile(
    r"(?:https?:)?//[^\s<>\"')\]]+|\bwww\.[^\s<>\"')\]]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|shop|info|biz|"
    r"example|test|eu|de|nl|uk|ru|cn)\b(?:/[^\s<>\"')\]]*)?",
    re.IGNORECASE,
)
#: Letters of East Asian scripts, into which a small model may slip in the middle of a sentence.
_OTHER_SCRIPT = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_TEMPLATE_CODE = re.compile(r"\{%.*?%\}", re.DOTALL)


def without_orders(text: str) -> str:
    """A stored text without the sentences that speak to a program, without markup and encoded text; maybe empty."""
    plain = _ENCODED.sub(" ", _MARKUP.sub(" ", _INVISIBLE.sub("", text)))
    kept = [sentence for sentence in _SENTENCES.split(plain) if not _ORDERS.search(sentence)]
    return " ".join(" ".join(kept).split())


def without_strange_addresses(text: str, given: Iterable[str]) -> tuple[str, int]:
    """The text without the sentences that hold an address (web, mail) that nobody gave, template code, or East Asian
    letters where nobody wrote any; how many."""
    known = " ".join(given).casefold()
    paragraphs, dropped = [], 0
    for paragraph in text.split("\n"):
        kept = []
        for sentence in re.split(r"(?<=[.!?])\s+(?![a-z0-9])", paragraph):
            if _strange(sentence, known):
                dropped += 1
            else:
                kept.append(sentence)
        paragraphs.append(" ".join(kept))
    return ("\n".join(paragraphs).strip() if dropped else text), dropped


def _strange(sentence: str, known: str) -> bool:
    if any(match.group().casefold().rstrip(".,;:!?/") not in known for match in _ADDRESS.finditer(sentence)):
        return True
    if _OTHER_SCRIPT.search(sentence) and not _OTHER_SCRIPT.search(known):
        return True
    return _TEMPLATE_CODE.search(sentence) is not None
