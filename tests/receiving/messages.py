"""Messages as they come back, after the examples of RFC 3464 (appendix E), RFC 5965 (appendix B) and qmail's own words."""


def dsn(
    message_id: str,
    recipient: str,
    status: str = "5.1.1",
    said: str = "550 5.1.1 <x> user unknown",
    action: str = "failed",
) -> bytes:
    """A multipart/report as Postfix and Sendmail write it."""
    return f"""\
Return-Path: <>
Date: Thu, 7 Jul 2026 17:16:05 -0400
From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example>
Message-ID: <199407072116.RAA14128@mx.example>
To: <bounces@bloom.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="RAA14128.773615765/mx.example"
Subject: Returned mail: could not deliver

--RAA14128.773615765/mx.example

The original message was received at Thu, 7 Jul 2026 17:15:49 -0400

   ----- The following addresses had delivery problems -----
<{recipient}>  (unrecoverable error)

--RAA14128.773615765/mx.example
content-type: message/delivery-status

Reporting-MTA: dns; mx.example

Original-Recipient: rfc822;{recipient.upper()}
Final-Recipient: rfc822;{recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}
Last-Attempt-Date: Thu, 7 Jul 2026 17:15:49 -0400

--RAA14128.773615765/mx.example
content-type: text/rfc822-headers

From: Bloom <news@bloom.example>
To: {recipient}
Subject: News
Message-ID: {message_id}

--RAA14128.773615765/mx.example--
""".replace("\n", "\r\n").encode()


def complaint(message_id: str, recipient: str, kind: str = "abuse") -> bytes:
    """A feedback report in the Abuse Reporting Format."""
    return f"""\
From: <abusedesk@example.com>
Date: Thu, 8 Mar 2026 17:40:36 EDT
Subject: FW: News
To: <bounces@bloom.example>
Message-ID: <20030712040037.46341.5F8J@example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1_13d.2e68ed54_boundary"

--part1_13d.2e68ed54_boundary
Content-Type: text/plain; charset="US-ASCII"
Content-Transfer-Encoding: 7bit

This is an email abuse report for an email message received from IP 192.0.2.1 on Thu, 8 Mar 2026 14:00:00 EDT.

--part1_13d.2e68ed54_boundary
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: <news@bloom.example>
Original-Rcpt-To: <{recipient}>
Reported-Domain: bloom.example
Source-IP: 192.0.2.1

--part1_13d.2e68ed54_boundary
Content-Type: message/rfc822
Content-Disposition: inline

From: <news@bloom.example>
Received: from mail.bloom.example by mx.example.com with SMTP
To: <Undisclosed Recipients>
Subject: News
MIME-Version: 1.0
Content-type: text/plain
Message-ID: {message_id}
Date: Thu, 2 Sep 2004 12:31:03 -0500

Spam Spam Spam
--part1_13d.2e68ed54_boundary--
""".replace("\n", "\r\n").encode()


def qmail(message_id: str, recipient: str, said: str) -> bytes:
    """A bounce in words, with the message below (the format QSBMF)."""
    return f"""\
Return-Path: <>
From: MAILER-DAEMON@silverton.example
To: bounces@bloom.example
Subject: failure notice

Hi. This is the qmail-send program at silverton.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{recipient}>:
{said}

--- Below this line is a copy of the message.

Return-Path: <news@bloom.example>
Message-ID: {message_id}
Subject: News

Hi
""".encode()


def answer(message_id: str, text: str = "I am away until Monday.") -> bytes:
    """What a person (or their absence) answers."""
    return f"""\
From: ann@x.example
To: news@bloom.example
Subject: Re: News
In-Reply-To: {message_id}
References: {message_id}

{text}
""".encode()
