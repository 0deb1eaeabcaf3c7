{const d=document,g=i=>d.getElementById(i),f=g("code-form"),c=g("code"),v=g("verify"),r=g("resend"),w=g("resend-wait"),a=new AbortController;
f.onsubmit=()=>a.abort();
if("OTPCredential"in window)navigator.credentials.get({otp:{transport:["sms"]},signal:a.signal}).then(o=>{c.value=o.code;v.click()}).catch(()=>{});
c.oninput=()=>setTimeout(()=>{try{/^\d{6}$/.test(c.value)&&c.matches(":autofill")&&v.click()}catch{}});
if(w){g("resend-note").hidden=true;const e=Date.now()+w.dataset.seconds*1e3,t=()=>{const s=Math.ceil((e-Date.now())/1e3);r.disabled=s>0;w.textContent=s>0?" "+(s/60|0)+":"+("0"+s%60).slice(-2):"";s>0&&setTimeout(t,500)};t()}}
