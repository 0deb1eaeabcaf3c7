import { launch, visitor, screenshot } from './lib/browser.mjs';
import { ALICE, newestCode, enterNumber, visit } from './lib/members.mjs';
import { Server } from './lib/server.mjs';
const server = await Server.start(); const b = await launch();
for (let i=0;i<2;i++) { const {context,page,record}=await visitor(b); context.setDefaultTimeout(3000);
 try { console.log(i); await visit(server,page,ALICE);} catch(e) { console.log(e.message.split('\n')[0], page.url()); console.log(record.complaints); for (const d of record.documents) console.log(d.url, d.headers['content-security-policy']); }
 await context.close(); }
console.log(server.log.split('\n').slice(-30).join('\n'));
await b.close(); await server.stop();
