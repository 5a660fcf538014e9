/// The one style sheet: the system's own fonts, light and dark, nothing that is fetched from elsewhere.
enum ConsoleStyle {
    /// Hangul keeps whole words at the end of a line; codes and times are never broken.
    static let text = """
        :root{color-scheme:light dark;--ink:#1b2430;--soft:#55606e;--line:#cfd6de;--ground:#fff;--raised:#f4f6f9;--link:#0b57a8;
        --stop:#a40000;--mark:#ffe08a;font:16px/1.6 system-ui,"Apple SD Gothic Neo","Malgun Gothic","Noto Sans KR",sans-serif}
        @media (prefers-color-scheme:dark){:root{--ink:#e8ecf1;--soft:#a9b4c0;--line:#3c4652;--ground:#12171d;--raised:#1c232b;
        --link:#8cc2ff;--stop:#c62828;--mark:#6b5200}}
        *{box-sizing:border-box}
        body{margin:0;color:var(--ink);background:var(--ground);word-break:keep-all;overflow-wrap:anywhere}
        a{color:var(--link)}
        header,nav,main{max-width:76rem;margin:0 auto;padding:0 1.25rem}
        header{display:flex;flex-wrap:wrap;gap:.2rem 1rem;justify-content:space-between;padding-top:.9rem;padding-bottom:.5rem}
        header strong{font-size:1.15rem}header small{color:var(--soft);font-size:.9rem}
        nav{border-bottom:1px solid var(--line)}
        nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;list-style:none;margin:0;padding:0}
        nav a{display:inline-block;padding:.45rem 0;text-decoration:none;border-bottom:3px solid transparent}
        nav a[aria-current]{color:var(--ink);font-weight:700;border-bottom-color:var(--link)}
        nav li:last-child{margin-left:auto}
        main{padding-bottom:4rem}
        h1{font-size:1.6rem;line-height:1.3;margin:1.4rem 0 .8rem}h2{font-size:1.15rem;margin:2rem 0 .6rem}
        .wide{overflow-x:auto}
        table{border-collapse:collapse;width:100%}caption{text-align:left;color:var(--soft);padding:.2rem 0 .4rem}
        th,td{text-align:left;vertical-align:top;padding:.45rem .7rem;border-bottom:1px solid var(--line)}
        thead th{border-bottom:2px solid var(--line);white-space:nowrap}
        td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
        .id,time,code{white-space:nowrap}.id,code,pre{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.92em}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.35rem 1.5rem;margin:0}dt{color:var(--soft)}dd{margin:0}
        pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--raised);border:1px solid var(--line);border-radius:4px;
        padding:.8rem}
        ul.said,ul.said ul{list-style:none;padding-left:1.2rem;margin:.2rem 0}ul.said{padding-left:0}
        ul.said>li{font-weight:700;margin-top:.6rem}ul.said ul{font-weight:400}
        mark{background:var(--mark);color:inherit;font-weight:700;padding:0 .15em}
        .hidden{font-weight:700;background:var(--mark);padding:0 .3em;border-radius:3px}
        .badge{display:inline-block;border:1px solid;border-radius:3px;padding:0 .5em;font-weight:600;white-space:nowrap}
        .alarm{background:var(--stop);color:#fff;padding:.7rem 1rem;border-radius:4px}
        .stays{border:2px dashed var(--stop);border-radius:4px;padding:0 1rem .7rem}
        .notice,.key{border:2px solid var(--link);border-radius:4px;padding:.7rem 1rem;background:var(--raised)}
        form{margin:.8rem 0;display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}
        button,select,input{font:inherit;color:inherit;background:var(--ground);border:1px solid var(--soft);border-radius:4px;
        padding:.45rem .9rem;min-height:2.6rem;max-width:100%}
        button{background:var(--link);border-color:var(--link);color:var(--ground);font-weight:600;cursor:pointer}
        button.plain{background:transparent;color:var(--link)}button.stop{background:var(--stop);border-color:var(--stop);color:#fff}
        input{min-width:min(26rem,100%)}
        :focus-visible{outline:3px solid var(--link);outline-offset:2px}
        .skip{position:absolute;left:-999px}.skip:focus{position:static}
        @media (max-width:40rem){dl{grid-template-columns:1fr}dd{margin-bottom:.5rem}nav li:last-child{margin-left:0}}
        """
}
