"""What directors point at, in each language, in the order of LANGUAGES after English."""

from __future__ import annotations

_TABLE = """
her; sie, ihr; elle; ella; 她; 彼女; 그녀; lei; ela, dela; haar
him; ihn, ihm; lui; él; 他; 彼; 그; lui; ele, dele; hem
them; ihnen, beide, beiden; eux, elles; ellos, ellas, los dos; 他们, 她们, 两人, 二人; 彼ら, 二人; 그들, 두 사람;
    loro; eles, elas, deles, ambos, os dois; hen, hun, beiden
woman; frau; femme; mujer; 女人, 女子, 女士; 女性, 女の人, 女; 여자, 여성, 여인; donna; mulher, senhora, moça; vrouw
man; mann; homme; hombre; 男人, 男子, 男士; 男性, 男の人, 男; 남자, 남성; uomo; homem, senhor; man
girl; mädchen; fille, fillette; niña, chica; 女孩; 少女, 女の子; 소녀; ragazza, bambina; menina, rapariga,
    garota; meisje
boy; junge, jungen; garçon; niño, chico; 男孩; 少年, 男の子; 소년; ragazzo, bambino; menino, rapaz, garoto;
    jongen
child; kind; enfant; niño pequeño; 孩子, 小孩; 子供, 子ども; 아이; bimbo; criança; kind
people; leute, menschen, personen; gens, personnes, personnages; gente, personas; 人们, 人物; 人々; 사람들;
    persone; pessoas, gente, personagens; mensen, personen
couple; paar, pärchen; couple; pareja; 情侣, 夫妻, 恋人; カップル, 夫婦; 커플, 연인, 부부; coppia; casal; stel, koppel
face; gesicht; visage; cara, rostro; 脸, 面部, 脸部, 臉; 顔; 얼굴; viso, volto, faccia; rosto, cara, face;
    gezicht, gelaat
hand; hand, hände; main; mano; 手; 手; 손; mano; mão, mãos; hand, handen
sofa; sofa, couch; canapé, sofa; sofá; 沙发, 沙發; ソファー, ソファ; 소파; divano, sofà; sofá; bank, sofa
table; tisch, esstisch; table; mesa; 桌子, 餐桌, 桌; テーブル; 테이블, 식탁, 탁자; tavolo, tavola; mesa; tafel,
    eettafel
desk; schreibtisch; bureau; escritorio; 书桌, 办公桌; 机, デスク; 책상; scrivania; secretária, escrivaninha;
    bureau
chair; stuhl, sessel, stühle, stühlen; chaise, fauteuil; silla, sillón; 椅子, 椅; 椅子, いす, イス; 의자;
    sedia; cadeira, poltrona, cadeiras; stoel, stoelen, fauteuil
door; tür, türe, haustür, tor; porte; puerta; 门口, 门, 門, 大门; ドア, 扉, 玄関; 문, 현관; porta; porta; deur,
    voordeur
doorway; türrahmen, türöffnung; embrasure, encadrement; umbral, vano; 门洞, 门框; 戸口, 出入口; 문간, 출입구;
    soglia; vão da porta, soleira; deuropening
entrance; eingang; entrée; entrada; 入口; 入り口, 入口, エントランス; 입구; ingresso, entrata; entrada; ingang
archway; torbogen, bogen; arche, arcade; arco; 拱门; アーチ; 아치; arco, arcata; arco, arcada; boog,
    poortboog
window; fenster; fenêtre; ventana; 窗户, 窗戶, 窗子, 窗; 窓; 창문, 창가, 창; finestra, vetrata; janela, janelas;
    raam, venster, ramen
room; raum, zimmer; pièce, salle, chambre; habitación, sala, cuarto; 房间, 房間, 屋子, 室内; 部屋, 室内; 방;
    stanza; quarto, sala, divisão, cômodo; kamer, ruimte
living room; wohnzimmer; salon; salón; 客厅, 客廳; リビングルーム, リビング, 居間; 거실; soggiorno, salotto; sala de
    estar; woonkamer, huiskamer
kitchen; küche; cuisine; cocina; 厨房, 廚房; キッチン, 台所; 주방, 부엌; cucina; cozinha; keuken
hall; halle, saal; hall, vestibule; vestíbulo, salón principal; 大厅, 大廳; ホール, 広間; 홀, 로비; atrio;
    salão, saguão, átrio; hal, zaal
corridor; flur, gang, korridor; couloir, corridor; pasillo, corredor; 走廊; 廊下; 복도; corridoio;
    corredor; gang
stairs; treppe, treppen, stufen; escalier, escaliers, marches; escalera, escaleras; 楼梯, 樓梯; 階段; 계단;
    scale, scala; escada, escadas, escadaria; trap, trappen
wall; wand, mauer; mur; pared, muro; 墙壁, 围墙, 墙, 牆; 壁; 벽; muro, parete; parede, muro; muur, wand
fence; zaun; clôture, barrière; valla, cerca; 栅栏, 围栏, 篱笆; フェンス, 柵; 울타리; recinto, staccionata; cerca,
    vedação; hek, schutting
hedge; hecke; haie; seto; 树篱; 生け垣; 생울타리; siepe; sebe; heg, haag
bed; bett; lit; cama; 床; ベッド; 침대; letto; cama; bed
lamp; lampe; lampe; lámpara; 灯, 台灯; ランプ, 照明; 램프, 조명; lampada; lâmpada, candeeiro, luminária, abajur;
    lamp
picture; bild, gemälde; tableau, peinture; cuadro, pintura; 画, 画作; 絵, 絵画; 그림; quadro, dipinto;
    quadro, pintura; schilderij
mirror; spiegel; miroir; espejo; 镜子; 鏡; 거울; specchio; espelho; spiegel
shelf; regal, bücherregal; étagère, bibliothèque; estante, estantería; 书架, 架子; 本棚, 棚; 책장, 선반;
    scaffale; estante, prateleira; plank, boekenkast, kast
piano; klavier, flügel; piano; piano; 钢琴, 鋼琴; ピアノ; 피아노; pianoforte; piano; piano, vleugel
plant; pflanze; plante; planta; 植物, 盆栽; 植物, 観葉植物; 식물, 화분; pianta; planta; plant
flower; blume, blumen; fleur, fleurs; flor, flores; 花; 花; 꽃; fiore, fiori; flor, flores; bloem,
    bloemen
vase; vase; vase; jarrón, florero; 花瓶; 花瓶; 꽃병; vaso; vaso, jarra; vaas
fireplace; kamin; cheminée; chimenea; 壁炉; 暖炉; 벽난로; camino; lareira; open haard, haard
watch; armbanduhr; montre, montres; reloj de pulsera; 手表, 手錶; 腕時計; 손목시계; orologio da polso;
    relógio de pulso; polshorloge
clock; uhr; horloge, pendule; reloj; 时钟, 钟; 時計; 시계; orologio; relógio; klok
statue; statue, skulptur; statue, sculpture; estatua, escultura; 雕像, 雕塑; 像, 彫像, 銅像; 동상, 조각상; statua;
    estátua, escultura; standbeeld, beeld, sculptuur
fountain; brunnen, springbrunnen; fontaine; fuente; 喷泉; 噴水; 분수; fontana; fonte, chafariz; fontein
house; haus; maison; casa; 房子, 房屋, 屋; 家; 집; casa; casa; huis
building; gebäude; bâtiment, immeuble, édifice; edificio; 建筑物, 建筑, 大楼, 楼; 建物, ビル; 건물, 빌딩; edificio;
    edifício, prédio; gebouw
facade; fassade; façade; fachada; 立面, 外墙, 正面; ファサード, 外壁; 파사드, 외벽; facciata; fachada; gevel
roof; dach; toit; tejado, techo; 屋顶, 屋頂; 屋根; 지붕; tetto; telhado; dak
roofs; dächer, dachlandschaft; toits; tejados, techos; 屋顶群; 屋根屋根; 지붕들; tetti; telhados; daken
tower; turm; tour; torre; 塔, 塔楼; 塔, タワー; 탑, 타워; torre; torre; toren
church; kirche; église; iglesia; 教堂; 教会; 교회; chiesa; igreja; kerk
castle; schloss, burg; château; castillo; 城堡; 城; 성; castello; castelo; kasteel
bridge; brücke; pont; puente; 桥, 桥梁; 橋; 다리; ponte; ponte; brug
street; straße, strasse, gasse; rue; calle; 街道, 马路, 街; 通り, 道, 道路; 거리, 길, 도로; strada, via; rua,
    estrada; straat, weg
city; stadt; ville; ciudad; 城市; 街, 都市, 町; 도시; città; cidade; stad
garden; garten; jardin; jardín; 花园, 花園; 庭, 庭園; 정원; giardino; jardim; tuin
courtyard; hof, innenhof; cour; patio; 庭院, 院子; 中庭; 안뜰, 마당; cortile; pátio; binnenplaats, binnenhof
forest; wald; forêt; bosque; 森林, 树林; 森; 숲; bosco, foresta; floresta, bosque; bos
tree; baum, bäume; arbre, arbres; árbol, árboles; 树, 树木, 樹; 木, 樹木; 나무; albero; árvore, árvores;
    boom, bomen
mountain; berg, berge; montagne; montaña; 山; 山; 산; montagna; montanha, montanhas; berg, bergen
river; fluss; rivière, fleuve; río; 河, 河流; 川; 강; fiume; rio; rivier
sea; meer; mer; mar; 海; 海; 바다; mare; mar; zee
beach; strand; plage; playa; 海滩, 沙滩; 砂浜, ビーチ; 해변; spiaggia; praia; strand
car; auto, wagen; voiture; coche, carro, auto; 汽车, 车, 車; 車, 自動車; 자동차, 차; automobile, auto; carro,
    automóvel; auto, wagen
train; zug; train; tren; 火车; 列車, 電車; 기차; treno; comboio, trem; trein
boat; boot; bateau; barco; 船; 船, ボート; 배; barca; barco; boot
dog; hund; chien; perro; 狗; 犬; 개; cane; cão, cachorro; hond
cat; katze; chat; gato; 猫; 猫; 고양이; gatto; gato; kat
glass; glas; verre; vaso, copa; 杯子, 玻璃杯; グラス, コップ; 유리잔, 잔; bicchiere; copo, taça; glas
bottle; flasche; bouteille; botella; 瓶子; 瓶, ボトル; 병; bottiglia; garrafa; fles
book; buch; livre; libro; 书; 本; 책; libro; livro; boek
letter; brief; lettre; carta; 信; 手紙; 편지; lettera; carta; brief
product; produkt; produit; producto; 产品; 商品, 製品; 제품; prodotto; produto; product
ceiling; decke, zimmerdecke; plafond; techo de la sala; 天花板; 天井; 천장; soffitto; teto; plafond
floor; boden, fußboden; sol, plancher; suelo, piso; 地板, 地面; 床, 地面; 바닥; pavimento; chão, piso; vloer,
    grond
sky; himmel; ciel; cielo; 天空; 空; 하늘; cielo; céu; hemel, lucht
horizon; horizont; horizon; horizonte; 地平线; 地平線; 지평선; orizzonte; horizonte; horizon
counter; theke, tresen; comptoir; mostrador, barra; 柜台, 吧台; カウンター; 카운터; bancone; balcão, bancada;
    balie, toonbank
carpet; teppich; tapis; alfombra; 地毯; カーペット, 絨毯; 카펫; tappeto; tapete; tapijt, kleed
curtain; vorhang, vorhänge, gardine, gardinen; rideau, rideaux; cortina, cortinas; 窗帘; カーテン; 커튼;
    tenda, tende; cortina, cortinas; gordijn, gordijnen
balcony; balkon; balcon; balcón; 阳台; バルコニー, ベランダ; 발코니; balcone; varanda, sacada; balkon
gate; gartentor; portail, grille; portón, verja; 大门口, 闸门; 門, ゲート; 대문; cancello; portão; poort
crowd; menge, menschenmenge; foule; multitud, muchedumbre; 人潮; 群衆; 군중; folla; multidão; menigte
column; säule, säulen, pfeiler; colonne, colonnes, pilier; columna, columnas; 柱子, 柱; 柱; 기둥; colonna,
    colonne; coluna, colunas, pilar, pilares; zuil, zuilen, kolom
eye; auge, augen; œil, oeil, yeux; ojo, ojos; 眼睛, 双眼; 目, 瞳; 눈동자; occhio, occhi; olho, olhos; oog,
    ogen
cyclist; radfahrer; cycliste; ciclista; 骑车人; 自転車の人; 자전거 탄 사람; ciclista; ciclista; fietser
singer; sänger, sängerin; chanteur, chanteuse; cantante; 歌手; 歌手; 가수; cantante; cantor, cantora;
    zanger, zangeres
actor; schauspieler; acteur; actor; 演员; 俳優; 배우; attore; ator; acteur
actress; schauspielerin; actrice; actriz; 女演员; 女優; 여배우; attrice; atriz; actrice
dancer; tänzer, tänzerin; danseur, danseuse; bailarín, bailarina; 舞者; ダンサー; 무용수, 댄서; ballerino,
    ballerina; bailarino, bailarina; danser, danseres
bride; braut; mariée; novia; 新娘; 花嫁; 신부; sposa; noiva; bruid
baby; baby; bébé; bebé; 婴儿, 宝宝; 赤ちゃん; 아기; neonato; bebê, bebé; baby
ring; ring; bague, anneau; anillo; 戒指; 指輪; 반지; anello; anel; ring
phone; telefon, handy; téléphone; teléfono; 电话, 手机; 電話, スマホ; 전화기, 휴대폰, 전화; telefono; telefone,
    celular, telemóvel; telefoon
key; schlüssel; clé, clef; llave; 钥匙; 鍵; 열쇠; chiave; chave; sleutel
knife; messer; couteau; cuchillo; 刀; ナイフ; 칼; coltello; faca; mes
gun; pistole, waffe; pistolet, arme; pistola; 枪; 銃; 총; pistola; arma; pistool
candle; kerze, kerzen; bougie; vela, velas; 蜡烛; ろうそく, キャンドル; 촛불, 양초; candela; velas; kaars, kaarsen
cup; tasse, becher; tasse; taza; 茶杯; カップ; 컵; tazza; xícara, chávena; kopje, mok
photo; foto, fotografie; photo, photographie; foto, fotografía; 照片; 写真; 사진; foto, fotografia; foto,
    fotografia; foto
sign; schild; panneau, enseigne; letrero, cartel; 招牌, 牌子; 看板; 간판; insegna, cartello; placa,
    letreiro; bord
chandelier; kronleuchter, lüster; lustre; araña de luces, araña, candelabro; 吊灯; シャンデリア;
    샹들리에; lampadario; lustre; kroonluchter
island; kücheninsel; îlot, îlot central; isla, isla de cocina; 中岛, 岛台; アイランドキッチン, アイランド; 아일랜드;
    isola, isola della cucina; ilha, ilha da cozinha; kookeiland
sink; spüle, waschbecken; évier, lavabo; fregadero, lavabo; 水槽, 洗手池; シンク, 流し台; 싱크대; lavello,
    lavandino; pia, lava-loiça; gootsteen, wastafel
fridge; kühlschrank; frigo, réfrigérateur; nevera, refrigerador; 冰箱; 冷蔵庫; 냉장고; frigorifero, frigo;
    geladeira, frigorífico; koelkast
oven; ofen, backofen, herd; four; horno; 烤箱; オーブン; 오븐; forno; forno, fogão; oven
television; fernseher; télévision, télé, téléviseur; televisor, televisión; 电视, 电视机; テレビ; 텔레비전, 티비;
    televisore, televisione; televisão, televisor; televisie
screen; bildschirm, leinwand; écran; pantalla; 屏幕, 银幕; スクリーン, モニター; 화면, 스크린; schermo; tela, ecrã;
    scherm
computer; computer, rechner; ordinateur; ordenador, computadora; 电脑; パソコン, コンピューター; 컴퓨터; computer;
    computador; computer
terrace; terrasse; terrasse; terraza; 露台; テラス; 테라스; terrazza, terrazzo; terraço; terras
bench; bank, sitzbank; banc; banco; 长椅, 长凳; ベンチ; 벤치; panchina, panca; banco; bankje
stage; bühne; scène; escenario; 舞台; 舞台, ステージ; 무대; palco, palcoscenico; palco; podium
altar; altar; autel; altar; 祭坛; 祭壇; 제단; altare; altar; altaar
pool; pool, schwimmbecken; piscine; piscina; 泳池, 游泳池; プール; 수영장; piscina; piscina; zwembad
tunnel; tunnel; tunnel; túnel; 隧道; トンネル; 터널; tunnel, galleria; túnel; tunnel
square; platz, marktplatz; place; plaza; 广场; 広場; 광장; piazza; praça; plein
shop; laden, geschäft; magasin, boutique; tienda; 商店, 店铺; 店; 가게, 상점; negozio; loja; winkel
bar; bar; bar; bar; 酒吧; バー; 바 카운터; bar; bar; bar
bathroom; bad, badezimmer; salle de bain, salle de bains; baño; 浴室; 浴室, バスルーム; 욕실; bagno; banheiro,
    casa de banho; badkamer
bedroom; schlafzimmer; chambre à coucher; dormitorio; 卧室; 寝室; 침실; camera da letto; quarto de dormir;
    slaapkamer
dining room; esszimmer; salle à manger; comedor; 餐厅; ダイニング, 食堂; 식당; sala da pranzo; sala de jantar;
    eetkamer
office; büro; bureau; oficina; 办公室; オフィス; 사무실; ufficio; escritório; kantoor
museum; museum; musée; museo; 博物馆; 美術館, 博物館; 박물관, 미술관; museo; museu; museum
hill; hügel; colline; colina; 山丘, 小山; 丘; 언덕; collina; colina; heuvel
valley; tal; vallée; valle; 山谷; 谷; 계곡; valle; vale; vallei
lake; see; lac; lago; 湖; 湖; 호수; lago; lago; meer
field; feld; champ; campo; 田野; 野原, 畑; 들판; campo; campo; veld, akker
bicycle; fahrrad, rad; vélo, bicyclette; bicicleta; 自行车; 自転車; 자전거; bicicletta; bicicleta; fiets
motorcycle; motorrad; moto; moto, motocicleta; 摩托车; バイク; 오토바이; moto, motocicletta; moto; motorfiets
horse; pferd; cheval; caballo; 马; 馬; 말; cavallo; cavalo; paard
box; kiste, schachtel, karton; boîte, caisse; caja; 盒子, 箱子; 箱; 상자; scatola; caixa; doos
bowl; schale, schüssel; bol; cuenco, tazón; 碗; ボウル; 그릇; ciotola; tigela; schaal, kom
suitcase; koffer; valise; maleta; 行李箱; スーツケース; 여행 가방; valigia; mala; koffer
logo; logo; logo; logo; 标志, 商标; ロゴ; 로고; logo; logótipo, logo; logo
wardrobe; schrank, kleiderschrank; armoire; armario; 衣柜; クローゼット, 箪笥; 옷장; armadio; armário,
    guarda-roupa; kledingkast
skylight; oberlicht, dachfenster; verrière; claraboya, tragaluz; 天窗; 天窓; 천창; lucernario; claraboia;
    dakraam
shoe; schuh, schuhe; chaussure, chaussures; zapato, zapatos; 鞋, 鞋子; 靴; 신발, 구두; scarpa, scarpe;
    sapato, sapatos; schoen, schoenen
"""
LANGUAGES = ("german", "french", "spanish", "chinese", "japanese", "korean", "italian", "portuguese", "dutch")


_ALSO_ITALIAN = {
    "alberi": "tree",
    "sedie": "chair",
    "finestre": "window",
    "porte": "door",
    "entrambi": "them",
    "personaggi": "people",
    "gente": "people",
    "poltrona": "chair",
    "vano della porta": "doorway",
    "sala": "room",
    "scalinata": "stairs",
    "libreria": "shelf",
    "palazzo": "building",
}

# First names as Eastern scripts write them.
_NAMES = {
    "anna": "アンナ 안나 安娜",
    "ben": "ベン 벤 本恩",
    "tom": "トム 톰 汤姆",
    "max": "マックス 맥스 麦克斯",
    "maria": "マリア 마리아 玛丽亚",
    "marie": "マリー 마리 玛丽",
    "lisa": "リサ 리사 丽莎",
    "emma": "エマ 엠마 艾玛",
    "mia": "ミア 미아 米娅",
    "sara": "サラ 사라 莎拉",
    "eva": "エヴァ 에바 伊娃",
    "julia": "ジュリア 줄리아 朱莉娅",
    "laura": "ローラ 로라 劳拉",
    "lucy": "ルーシー 루시 露西",
    "alice": "アリス 앨리스 爱丽丝",
    "paul": "ポール 폴 保罗",
    "peter": "ピーター 피터 彼得",
    "john": "ジョン 존 约翰",
    "jack": "ジャック 잭 杰克",
    "david": "デイビッド 데이비드 大卫",
    "leo": "レオ 레오 里奥",
    "adam": "アダム 아담 亚当",
    "mike": "マイク 마이크 迈克",
    "sam": "サム 샘 山姆",
    "alex": "アレックス 알렉스 亚历克斯",
    "kate": "ケイト 케이트 凯特",
    "clara": "クララ 클라라 克拉拉",
}


def _read() -> dict[str, dict[str, str]]:
    nouns: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for line in _TABLE.replace("\n    ", " ").strip().splitlines():
        english, *cells = (cell.strip() for cell in line.split(";"))
        for language, cell in zip(LANGUAGES, cells, strict=True):
            for form in cell.split(","):
                nouns[language].setdefault(form.strip(), english)
    nouns["italian"].update(_ALSO_ITALIAN)
    for name, forms in _NAMES.items():
        for language, form in zip(("japanese", "korean", "chinese"), forms.split(), strict=True):
            nouns[language][form] = name
    return nouns


NOUNS = _read()
PEOPLES_NAMES = frozenset(_NAMES)
"""English by language and noun, in lower case."""
IN_ENGLISH = {form: english for nouns in reversed(NOUNS.values()) for form, english in nouns.items()}
"""English of a noun of any language; of one that is a noun in several, the first language's."""
