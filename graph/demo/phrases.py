"""What people of the demo world write to each other, in the three languages they speak."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation: its subject, then what is said in turn, the customer first."""

    subject: str
    turns: tuple[str, ...]


TALKS = {
    "fr": (
        Talk("Livraison {what}", (
            "Bonjour, quand la livraison arrivera-t-elle ? Le chantier attend.",
            "Bonjour, le transporteur passe jeudi matin.",
            "Parfait, nous serons sur place dès huit heures.",
            "C'est noté, bonne réception.",
        )),
        Talk("Facture {what}", (
            "Bonjour, le numéro de commande manque sur la facture.",
            "Merci de votre message, voici la facture corrigée.",
            "Bien reçue, elle part en paiement.",
        )),
        Talk("Démonstration {what}", (
            "Pouvez-vous nous montrer la solution sur un cas réel ?",
            "Avec plaisir. Mardi ou mercredi vous conviendrait ?",
            "Mercredi à dix heures, avec notre équipe technique.",
            "L'invitation est partie.",
            "Merci, très convaincant. Nous revenons vers vous.",
        )),
        Talk("Formation {what}", (
            "Deux nouveaux collègues ont besoin d'une formation.",
            "Une session a lieu le mois prochain, je réserve deux places ?",
            "Oui, merci.",
        )),
        Talk("Mise en service {what}", (
            "L'appareil ne trouve pas la passerelle.",
            "Maintenez le bouton dix secondes, puis relancez la recherche.",
            "Cela fonctionne, merci beaucoup !",
        )),
    ),
    "ro": (
        Talk("Livrare {what}", (
            "Bună ziua, când ajunge livrarea? Șantierul așteaptă.",
            "Bună ziua, curierul vine joi dimineața.",
            "Perfect, suntem acolo de la ora opt.",
            "Am notat, mulțumim.",
        )),
        Talk("Factură {what}", (
            "Bună ziua, lipsește numărul comenzii de pe factură.",
            "Mulțumim pentru mesaj, atașăm factura corectată.",
            "Am primit-o, o trimitem la plată.",
        )),
        Talk("Demonstrație {what}", (
            "Ne puteți arăta soluția pe un caz real?",
            "Cu plăcere. Vă convine marți sau miercuri?",
            "Miercuri la zece, cu echipa tehnică.",
            "Am trimis invitația.",
            "Mulțumim, foarte convingător. Revenim.",
        )),
        Talk("Instruire {what}", (
            "Doi colegi noi au nevoie de instruire.",
            "Avem o sesiune luna viitoare, rezerv două locuri?",
            "Da, mulțumesc.",
        )),
        Talk("Punere în funcțiune {what}", (
            "Aparatul nu găsește gateway-ul.",
            "Țineți butonul apăsat zece secunde și reluați căutarea.",
            "Merge, mulțumesc mult!",
        )),
    ),
    "en": (
        Talk("Delivery of {what}", (
            "Hello, when will the delivery arrive? The site is waiting.",
            "Hello, the carrier comes on Thursday morning.",
            "Perfect, we are there from eight o'clock.",
            "Noted, thank you.",
        )),
        Talk("Invoice for {what}", (
            "Hello, our order number is missing on the invoice.",
            "Thank you for telling us, here is the corrected one.",
            "Received, it goes to payment.",
        )),
        Talk("Demonstration of {what}", (
            "Could you show us how it works on a real case?",
            "With pleasure. Would Tuesday or Wednesday suit you?",
            "Wednesday at ten, with our technical team.",
            "The invitation is on its way.",
            "Thank you, very convincing. We will come back to you.",
        )),
        Talk("Training on {what}", (
            "Two new colleagues need training.",
            "There is a session next month, shall I book two places?",
            "Yes, please.",
        )),
        Talk("Setting up {what}", (
            "The device does not find the gateway.",
            "Hold the button for ten seconds, then search again.",
            "It works, thanks a lot!",
        )),
    ),
}  # fmt: skip

ISSUES = {
    "fr": (
        ("Appareil muet après la mise à jour", "Plus aucune réponse depuis ce matin.", "Firmware"),
        ("Pièce manquante dans le colis", "La fixation murale n'y est pas.", "Packing"),
        ("Facturé deux fois", "La même commande apparaît sur deux factures.", "Billing"),
        ("Installation reportée sans prévenir", "Nous avons attendu toute la journée.", "Planning"),
    ),
    "ro": (
        ("Aparatul nu răspunde după actualizare", "Nimic de azi-dimineață.", "Firmware"),
        ("Lipsește o piesă din colet", "Suportul de perete nu este inclus.", "Packing"),
        ("Facturat de două ori", "Aceeași comandă apare pe două facturi.", "Billing"),
        ("Instalare amânată fără anunț", "Am așteptat toată ziua.", "Planning"),
    ),
    "en": (
        ("Device silent after the update", "No answer since this morning.", "Firmware"),
        ("Part missing in the parcel", "The wall mount is not there.", "Packing"),
        ("Invoiced twice", "The same order is on two invoices.", "Billing"),
        ("Installation moved without notice", "We waited the whole day.", "Planning"),
    ),
}
