"""Automatic answers in many shapes and languages, and people's answers that resemble them: subject, text, headers."""
# ruff: noqa: E501

AWAY = {
    "en": ("Out of Office: notice", "I am out of the office until Monday."), "en 2": ("Automatic reply: notice", "I'm away."),
    "de": ("Abwesenheitsnotiz: notice", "Ich bin bis Montag nicht im Büro."), "de 2": ("Automatische Antwort: notice", "Ich bin im Urlaub."),
    "fr": ("Réponse automatique : notice", "Je suis absent."), "fr 2": ("Absence du bureau", "Je serai de retour lundi."),
    "es": ("Respuesta automática: aviso", "Estoy fuera."), "es 2": ("Fuera de la oficina", "Vuelvo el lunes."),
    "pt": ("Resposta automática: aviso", "Estou ausente."), "nl": ("Automatisch antwoord: melding", "Ik ben afwezig."),
    "nl 2": ("Afwezig: melding", "Ik ben er maandag weer."), "ru": ("Автоответ: уведомление", "Я в отпуске."),
    "it": ("Risposta automatica: avviso", "Sono fuori sede."), "pl": ("Automatyczna odpowiedź: zgłoszenie", "Jestem nieobecny."),
    "sv": ("Autosvar: anmälan", "Jag är borta."), "ja": ("自動返信: お知らせ", "不在です。"), "zh": ("自动回复: 通知", "我不在办公室。"),
    "by text": ("Re: notice", "I am currently out of the office and will return on Monday."),
    "by text de": ("AW: notice", "Vielen Dank für Ihre Nachricht. Ich bin derzeit nicht im Büro und ab Montag wieder erreichbar."),
    "by text fr": ("Re: notice", "Je suis actuellement absent du bureau jusqu'au lundi."),
    "by text es": ("Re: aviso", "Actualmente me encuentro fuera de la oficina."),
    "by text nl": ("Re: melding", "Ik ben momenteel afwezig tot maandag."),
    "by text pt": ("Re: aviso", "Estou fora do escritório até segunda-feira."),
    "by text ru": ("Re: уведомление", "Меня не будет в офисе до понедельника."),
}  # fmt: skip

MACHINES = {
    "ticket": ("[#203001011] Your report", "Thank you for contacting us. A ticket has been opened: 203001011."),
    "otrs": ("[Ticket#203001011] RE: notice", "Your email has been received and will be processed as soon as possible. Ticket#203001011"),
    "rt": ("[meadow.example #4711] AutoReply: notice", "This message has been automatically generated in response to your request."),
    "zendesk": ("[Request received] notice", "Your request (47110) has been received and is being reviewed by our support staff."),
    "freshdesk": ("Ticket Received - notice", "We have received your request and created ticket #47110."),
    "jira": ("ABUSE-4711 notice", "Your request has been created. Reference number ABUSE-4711. This is an automated message."),
    "hosting de": ("Ihre Meldung [Ticket 203001011]", "Wir haben Ihre Anfrage erhalten und unter der Ticketnummer 203001011 erfasst. Diese E-Mail wurde automatisch erstellt."),
    "hosting fr": ("Votre signalement [#203001011]", "Nous avons bien reçu votre message. Ceci est un message généré automatiquement."),
    "hosting es": ("Su solicitud [#203001011]", "Hemos recibido su solicitud. Este mensaje se ha generado automáticamente."),
    "hosting nl": ("Uw melding [#203001011]", "Wij hebben uw melding ontvangen. Dit bericht is automatisch gegenereerd."),
    "hosting pt": ("Sua solicitação [#203001011]", "Recebemos a sua mensagem. Esta mensagem foi gerada automaticamente."),
    "hosting ru": ("Ваше обращение [#203001011]", "Ваше обращение получено. Это письмо создано автоматически."),
    "challenge": ("Please confirm your message to abuse@meadow.example", "I am using a spam filter. Click the link below to confirm that you are a person and your message will be delivered: https://c.example/x"),
    "challenge 2": ("[verify] Child-protection notice", "Your message is being held. To have it delivered, please reply to this message to verify that you are a real sender."),
    "form": ("Re: notice", "This mailbox is not monitored. Please use our abuse form at https://meadow.example/abuse"),
    "form 2": ("Your abuse report", "Thank you for contacting us. Reports must be submitted using our web form: https://meadow.example/abuse. This is an automated response."),
    "survey": ("How did we do?", "Please rate our service. This is an automated message, please do not reply."),
    "feedback of a list": ("Your message to list awaits moderator approval", "Your mail is being held until the list moderator can review it for approval."),
}  # fmt: skip

PEOPLE = {
    "removed": ("Re: notice", "Removed, thank you."), "with ticket": ("Re: [Ticket#203001011] notice", "We have received your report and the file was deleted. Jo"),
    "speaks of the office": ("Re: notice", "I passed it on to the office of our lawyers; the account is disabled."),
    "speaks of leave": ("Re: notice", "The customer is on leave; we have suspended the site ourselves."),
    "asks": ("Re: notice", "Which files do you mean? We received your report #4711 and do not find them. Jo"),
    "not ours": ("Re: notice", "This is not hosted by us, ask abuse@cedar.example. Jo"),
    "German": ("AW: notice", "Die Inhalte sind gelöscht. Vielen Dank für Ihre Meldung. Jo"),
    "thanks": ("Re: notice", "Thank you for your report, I am looking at it now. Jo, abuse desk"),
}  # fmt: skip
