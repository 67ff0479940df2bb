"""Given names that stand for one another: short forms, everyday forms, and spellings of one name in our letters."""

from functools import cache

# One line a name, folded, its forms in no order. A form may stand in several lines (Alex, Sam, Ellie); lines do not
# join through it: Alexandra is not Alejandro. Nothing here is about a person; it only widens whom a search finds.
_LINES = """
abdullah abdallah abdulla abdullahi abd
abdirahman abdurahman abdulrahman abdelrahman abdurrahman abdirahmaan abdi
abigail abi abby abbie abbi gail abigale abigayle
abraham abe ibrahim ebrahim ibraheem avraham abram
adam adem aadam addam
adrian ade adrien adriano
agnieszka agnes aga ines
ahmed ahmad ahmet achmed ahamed
aidan aiden adan ayden
aisha ayesha aysha aishah aicha aiysha aesha asha
alexander alex alec alexandre alejandro aleksander aleksandr xander sandy sasha alek lex al
alexandra alex alexa lexi lexie sandra sasha aleksandra alessandra ola sandy
alfred alfie alf fred alphie alfredo
alice ali alicja alicia allie alys
alison ali alli allison
amelia millie amelie emelia amilia mia milly ameliya
amina aamina aminah ameena amna
amy aimee ami amie
andrew andy drew andrei andreas andres andrzej andre andrey
anastasia ana stacey nastya anastazja
angela angie ange angelika
ann anne anna annie ana hannah anya ania annabel anca
anthony tony antony ant antonio anton antoni
antonia toni antonina
archibald archie archy
arthur artie art artur arturo
ayomide ayo
barbara barb barbie babs basia
bartholomew bart bartosz bartek bartlomiej
beatrice bea bee beatrix beatriz trixie
benjamin ben benji benny benj binyamin
bernard bernie
beth bethany bethan betty elizabeth
bilal billal belal
brigid bridget bridie biddy brigitte
caitlin kaitlyn katelyn kaitlin catelyn caitlyn
callum calum callam cal
cameron cam kameron
caroline carrie caro carolina karolina carol
catherine cathy kate katie katherine kathryn kathleen kat katy cath catharine katarzyna kasia catarina katerina
charles charlie charley chas chuck carlos karl karol carl
charlotte charlie lottie charley lotte carlotta char
chelsea chels
chiara clara klara clare claire
chloe khloe cloe chlo
christina chris chrissie tina christine krystyna kristina cristina christiana
christopher chris kris topher krzysztof cristopher kit christoph cristobal
chukwuemeka emeka chuka
connor conor conner con
daniel dan danny danyal daniyal dani danial daniil
daniella dani ella danielle daniela
david dave davey davy dawid dawud daud daoud davi
deborah debbie deb debra debora
denis dennis denny
diana di diane dianne
dominic dom nick dominik domenic dominick
dorothy dot dottie dolly dorota dorothea
edward ed eddie ted teddy ned edouard eduard eduardo edek
eleanor ellie ella nell nellie elinor nora elena leonor elanor helen
elizabeth liz lizzie beth eliza betty elsie libby lily elspeth elisabeth lisa bess ela elzbieta isabel
ella ellie bella elle ela
emily em emmy emilia emilie emma millie emely emili
emma em emmie ema
emmanuel manny emanuel manuel immanuel
erin eryn aerin
esther hester ester essie
eva ewa evie eve evelyn ava ewe ieva
evelyn eve evie evelina
faisal faysal feisal
farah farrah fara
fatima fatimah fatema fatma faatimah fathima fadumo fatoumata
felix feliks
filip philip phillip phil felipe philippe
finley fin finn finlay finlee
florence flo florrie flossie flora
francesca fran frankie francisca franciszka chessie cesca
francis frank frankie franciszek francisco franek fran
frederick fred freddie freddy frederic fredrick fryderyk
freya freyja fraya freja
gabriel gabe gabi gabriele jibril
gabriella gabby gabi ella gabrielle gabriela
george georgie jerzy jorge georgi giorgio gheorghe
georgia georgie giorgia georgina gina
gerald gerry jerry gerard
grace gracie grazia
gregory greg grzegorz gregor
gurpreet gurprit preet
hafsa hafsah hafza
hamza hamzah hamsa
hannah hanna ana anna hana
harriet hattie harriett hatty
harrison harry
harry henry harold harris hal
hassan hasan hassaan hasaan xasan
heather hev
henry harry hank henri henryk hal enrique
hugh hugo huw hughie
hussein hussain husain hussien husayn hussayn hosein xuseyn
ian iain ivan
ibrahim ebrahim ibraheem ibrahima ebraheem
imogen immy imogene immie
iqra ikra
isaac issac izaac ike zak ishaq isac
isabella bella izzy isabelle isobel isabel isla izabela izabella isobella issy ibby ysabel
isla ayla islay aila
ismail ismael ishmael esmail ismaeel
ivan vanya jan john
jack john jackson jak jacques jock
jacob jake jakub yaqub yakub yaqoob jakob jacek kuba coby
james jim jimmy jamie jem jaime jaymes jamesy
jane janet janie jean joanna jan jayne
jasmine yasmin jas jazz jasmin yasmeen yasmine jessamine
jeffrey jeff geoffrey geoff
jennifer jen jenny jenna jenni jennie
jessica jess jessie jessika jesika
joanna jo joanne joan johanna asia jane joana
john jack johnny jon jonny johnnie ian sean jan juan joao ivan yahya giovanni hans
jonathan jon jonny johnny jonathon nathan
joseph joe joey jo yusuf jozef jose josef yousef giuseppe
josephine jo josie josefina josefine
joshua josh joshuah jos
judith judy jude
julia julie yulia julka juliet giulia
juliet julie jules juliette giulietta
justin justyn
karim kareem kerim abdulkarim
katherine kate katie kathryn kathy kat kathleen katarzyna kasia catherine katharine kitty kay ekaterina
kenneth ken kenny
khadija khadijah khadeeja khadeejah hadija hatice khadidja
khalid khaled kalid halid
kieran kieron ciaran kieren keiran
kimberley kim kimberly kimmy
konrad conrad kurt
laura laurie lauren lora
lawrence larry laurie laurence lorenzo wawrzyniec
layla leila laila leyla lila laylah
leah lea lia
leo leon leonardo leonard lionel leonidas
leonard leo len lenny leonardo
leonor eleonor
liam william lyam
lillian lily lil lilly lilian liliana
lily lilly lillie lili lil
louis lou louie lewis luis lewie ludwik luigi
louise lou lulu luisa louisa
luca luka lucas lukas luke lukasz luc
lucy luce lucia lucie lucja lu
lydia lyds lidia
madeleine maddie maddy madeline madison mads magdalena
magdalena magda lena maddie
margaret maggie meg peggy margie greta rita marge margot daisy malgorzata gosia megan mags marguerite
maria mary marie mariah marya marija miriam maryam mari
mark marc marcus marek markus marco
martin marty marcin martyn marton
martha mattie marta
mary maria marie molly polly may mae maryam mairi miriam
maryam mariam miriam maria mary meryem mariyam maryum mariama
matilda tilly mathilda matty tilda mathilde tillie matilde
matthew matt matty mathew mateusz matteo mateo matthias matias mati
max maxwell maximilian maxim maksymilian maxine maks
maya mia mya maia maja maiya
megan meg meghan megs maegan meagan
melissa mel missy lissa
mia mya maya miya maria
michael mike mick mickey micky mikey mikhail michal micheal miguel mikael mikolaj mitch misha mihai michel
michelle shell shelly mish
miles myles milo
miriam mim maryam mariam miri
mohammed muhammad mohammad mohamed muhammed mohamad mohamud mahomed mehmet mohd md muhamad mohammod mo muhamed maxamed
mohamud mahmoud mahmood mahmud mehmood maxamuud
morgan morgana morgane
mustafa mustapha moustafa mostafa mus
nadia nadiya nadya nadja
natalie nat nattie natalia natasha nathalie natalya
natasha tasha natalia tash
nathaniel nathan nate nat natan
niamh neve neave nieve
nicholas nick nicky nico nicolas mikolaj nikolas nikola nikolai klaus
nicola nicky nikki nicole nikola nicci
noah noa nuh
noor nour nur noora noura
oliver ollie olly olivier oli oliwier ol
olivia liv livvy olive livia oliwia ollie
oluwaseun seun
omar umar omer umer oumar
oscar oskar ossie
owen eoin euan ewan owain
patricia pat patsy trish tricia trisha patrycja patti
patrick pat paddy patryk padraig patrik rick ricky
paul pauly pawel pablo paulo pavel pol
paula pauline polly paulina
penelope penny pen nell
peter pete piotr petey pedro petr pierre petar pieter
phoebe pheobe phebe febe
philippa pip pippa
rachel rach rachael raquel rachelle shelly
rafael raphael rafal raf rafe rafferty rafi
rahim raheem
raymond ray ramon
rebecca becky becca bex rebekah reb rebeka
reginald reggie reg
rhys reece rees reese
richard rick rich richie dick ricky ryszard ricardo dickie
robert rob bob bobby robbie bert robin roberto bobbie
roderick rod roddy rory rodrigo
roger rodge
ronald ron ronnie ronny
rose rosie rosa rosalind rosemary rosalie
rosemary rosie rose romy
rowan rohan roan
ruby rubie
rukhsana ruksana roxana rukhsaana
ruqayyah ruqaya rukaya ruqayya rukhaya ruqaiya
ryan rian ryen
saanvi sanvi
said saeed sayed syed sayyid saied saeid
samantha sam sammy sammie
samina sameena
samuel sam sammy samy samuele
sami samy sammy
sarah sara sally sadie zara sarra
sean shaun shawn shane john
sebastian seb sebastien bastian seba
shabana shabaana
shannon shan
sienna siena
simon si szymon shimon simeon
simran simranjit
sophia sophie sofia sofie zofia sofija sophy zosia sofiya
stephanie steph stefania stef stefanie
stephen steve steven stefan stevie szczepan stephan esteban ste
sumaiya sumaya sumayya sumayah somaya
summer somer
susan sue susie suzanne susanna suzie zuzanna sukie
svetlana lana sveta
tahira tahirah
tasnim tasneem
temitope temi tope
teresa terry tess tessa theresa tracy tereza therese
thaddeus tad tadeusz thad
theodore theo ted teddy teo teodor theodor fyodor
thomas tom tommy tomas tomasz tam thom
timothy tim timmy timmothy
tobias toby tobi tobiasz
tyler ty tylor
valentina val tina valentine
vera wiera
victor vic viktor wiktor
victoria vicky tori vicki wiktoria viktoria vic tory
vincent vince vinnie vinny vicente wincenty
vivian viv vivien vivienne
wade wayde
walid waleed oualid
walter walt wally wal
warsame warsama
waqas wakas
wilfred wilf wilfie fred wilfrid
wilhelmina mina billie willa minnie
william will bill billy willy liam willie wills wilhelm guillaume
wojciech wojtek
yasmin yasmine yasmeen jasmine yasmina jasmin
yusuf yousef yousuf youssef joseph yosef yusef yuusuf yousif
zachary zac zach zack zak zachery zakariya zacharias zakaria zakariyya zackary
zainab zaynab zeinab zeynep zaineb zaenab zeenab zaynaab
zahra zara zaara zahraa zarah
zakariya zakaria zakariyya zechariah zak zachary
zayn zain zane zayne zaine
zoe zoey zowie zoya
ali aly alli
amir ameer emir
anas anass
arjun arjan
asma asmaa
aya ayah aaya
bethlehem betty
dawit dawid david
elijah eli elias ilyas ilias eliyahu
elias eli ilyas elijah
farouk faruk farooq
gabrielle gabby ella
gethin geth
hamid hameed
harpreet harprit preet
huda hudah houda
idris idrees edris
imran emran
inaya inayah enaya
jamal jamaal gamal
jibril jibreel gabriel
kamran kamraan
leonardo leo
manpreet manprit preet
mehak mahak
musa mousa moussa moses moosa
nabil nabeel
nathan nate nat
nicole nikki nic
nikhil nikil
noel nowell
priya priyah
rania raniya
reem rim
rhiannon rhi
safa safah saffa
sally sal sarah
salma selma salmah
samira sameera
sulayman suleiman solomon suleyman sulaiman soliman
tariq tarek tarik tareq
usman uthman osman othman
yahya yahia yehia
yaqub yakub yaqoob jacob
yonas jonas jonah yunus younes
zaid zayd zeid
zoya zoyah
""".strip()


@cache
def _forms() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _LINES.splitlines():
        forms = line.split()
        for form in forms:
            found.setdefault(form, set()).update(forms)
    return {form: frozenset(others - {form}) for form, others in found.items()}


def other_forms(part: str) -> frozenset[str]:
    """Other forms of a folded given name, none of them itself; empty for a name that has none here."""
    return _forms().get(part, frozenset())
