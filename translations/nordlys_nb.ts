<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="nb_NO" sourcelanguage="en">
<context>
    <name>Verdict</name>
    <message>
        <source>trusted</source>
        <translation>pålitelig</translation>
    </message>
    <message>
        <source>noisy</source>
        <translation>støy</translation>
    </message>
    <message>
        <source>throttled</source>
        <translation>nedklokket</translation>
    </message>
    <message>
        <source>fell back</source>
        <translation>falt tilbake</translation>
    </message>
    <message>
        <source>too few</source>
        <translation>for få</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>avbrutt</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>feilet</translation>
    </message>
    <message>
        <source>faster</source>
        <translation>raskere</translation>
    </message>
    <message>
        <source>slower</source>
        <translation>tregere</translation>
    </message>
    <message>
        <source>same</source>
        <translation>lik</translation>
    </message>
    <message>
        <source>not clear</source>
        <translation>uklart</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::DockHeader</name>
    <message>
        <source>working</source>
        <translation>arbeider</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 av %2</translation>
    </message>
    <message>
        <source>%1, %2 left</source>
        <translation>%1, %2 igjen</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::KeyValueGrid</name>
    <message>
        <source>Copy value</source>
        <translation>Kopier verdi</translation>
    </message>
    <message>
        <source>Copy all</source>
        <translation>Kopier alt</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::LanePlot</name>
    <message>
        <source>range %1 %2</source>
        <translation>område %1 %2</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Tidslinje</translation>
    </message>
    <message>
        <source>Not available: %1</source>
        <translation>Ikke tilgjengelig: %1</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::TableDelegate</name>
    <message>
        <source>This is not a number.</source>
        <translation>Dette er ikke et tall.</translation>
    </message>
</context>
</TS>
