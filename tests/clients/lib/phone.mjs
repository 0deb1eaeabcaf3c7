// Text messages, as they arrive on members' phones.

/** The newest code sent to a number, if there are more messages than `read` already. */
export async function newestCode(number, read = 0) {
  for (let tries = 0; tries < 100; tries++) {
    const messages = await (await fetch(`${process.env.SYMBOLON_PHONES}?to=${encodeURIComponent(number)}`)).json();
    if (messages.length > read) return messages[0].code;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`no message for ${number}`);
}
