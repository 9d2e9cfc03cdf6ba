<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="nb_NO" sourcelanguage="en">
<context>
    <name>BuildSettings</name>
    <message>
        <source>A whole number from 1 to %1, or nothing for one a core.</source>
        <translation>Et heltall fra 1 til %1, eller ingenting for én per kjerne.</translation>
    </message>
</context>
<context>
    <name>Calibrations</name>
    <message>
        <source>%1, weights %2</source>
        <translation>%1, vekter %2</translation>
    </message>
    <message>
        <source>calibrate, %1, n=%2</source>
        <translation>kalibrer, %1, n=%2</translation>
    </message>
    <message>
        <source>1 sample was skipped</source>
        <translation>1 eksempel ble hoppet over</translation>
    </message>
    <message>
        <source>%1 samples were skipped</source>
        <translation>%1 eksempler ble hoppet over</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>og %1 til</translation>
    </message>
    <message>
        <source>Calibrated, with remarks</source>
        <translation>Kalibrert, med merknader</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Lukk</translation>
    </message>
</context>
<context>
    <name>Counted</name>
    <message>
        <source>1 edit</source>
        <translation>1 endring</translation>
    </message>
    <message>
        <source>%1 edits</source>
        <translation>%1 endringer</translation>
    </message>
    <message>
        <source>1 op</source>
        <translation>1 operator</translation>
    </message>
    <message>
        <source>%1 ops</source>
        <translation>%1 operatorer</translation>
    </message>
    <message>
        <source>1 layer</source>
        <translation>1 lag</translation>
    </message>
    <message>
        <source>%1 layers</source>
        <translation>%1 lag</translation>
    </message>
    <message>
        <source>1 tensor</source>
        <translation>1 tensor</translation>
    </message>
    <message>
        <source>%1 tensors</source>
        <translation>%1 tensorer</translation>
    </message>
    <message>
        <source>1 thread</source>
        <translation>1 tråd</translation>
    </message>
    <message>
        <source>%1 threads</source>
        <translation>%1 tråder</translation>
    </message>
    <message>
        <source>1 inference</source>
        <translation>1 inferens</translation>
    </message>
    <message>
        <source>%1 inferences</source>
        <translation>%1 inferenser</translation>
    </message>
    <message>
        <source>1 file</source>
        <translation>1 fil</translation>
    </message>
    <message>
        <source>%1 files</source>
        <translation>%1 filer</translation>
    </message>
    <message>
        <source>before %1</source>
        <translation>før %1</translation>
    </message>
    <message>
        <source>evaluated before %1</source>
        <translation>evaluert før %1</translation>
    </message>
    <message>
        <source>of run %1, before %2</source>
        <translation>fra kjøring %1, før %2</translation>
    </message>
    <message>
        <source>1 segment</source>
        <translation>1 segment</translation>
    </message>
    <message>
        <source>%1 segments</source>
        <translation>%1 segmenter</translation>
    </message>
    <message>
        <source>1 crossing</source>
        <translation>1 overgang</translation>
    </message>
    <message>
        <source>%1 crossings</source>
        <translation>%1 overganger</translation>
    </message>
    <message>
        <source>1 recording</source>
        <translation>1 opptak</translation>
    </message>
    <message>
        <source>%1 recordings</source>
        <translation>%1 opptak</translation>
    </message>
    <message>
        <source>1 device</source>
        <translation>1 enhet</translation>
    </message>
    <message>
        <source>%1 devices</source>
        <translation>%1 enheter</translation>
    </message>
</context>
<context>
    <name>DeviceDetails</name>
    <message>
        <source>State</source>
        <translation>Tilstand</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grunn</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Prosessor</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>CPUs</source>
        <translation>CPU-er</translation>
    </message>
    <message>
        <source>Runner</source>
        <translation>Kjører</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Fil</translation>
    </message>
    <message>
        <source>Recorded</source>
        <translation>Tatt opp</translation>
    </message>
    <message>
        <source>Artifact of</source>
        <translation>Artefakt av</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Presisjon</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Lengde</translation>
    </message>
    <message>
        <source>Inferences</source>
        <translation>Inferenser</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Lag</translation>
    </message>
    <message>
        <source>Dropped</source>
        <translation>Tapt</translation>
    </message>
    <message>
        <source>Reached by</source>
        <translation>Nås via</translation>
    </message>
    <message>
        <source>Last seen</source>
        <translation>Sist sett</translation>
    </message>
</context>
<context>
    <name>EncodingEdits</name>
    <message>
        <source>This tensor has no encoding yet. Calibrate first.</source>
        <translation>Denne tensoren har ingen koding ennå. Kalibrer først.</translation>
    </message>
    <message>
        <source>The bias follows from the scales of its input and weight.</source>
        <translation>Skjevheten følger av skalaene til inngangen og vekten.</translation>
    </message>
    <message>
        <source>A float16 encoding has no grid.</source>
        <translation>En float16-koding har ikke noe rutenett.</translation>
    </message>
    <message>
        <source>Every block has a grid of its own. Calibrate per tensor or per channel to edit it.</source>
        <translation>Hver blokk har sitt eget rutenett. Kalibrer per tensor eller per kanal for å redigere den.</translation>
    </message>
    <message>
        <source>Every channel has a grid of its own. Set the bit width, or calibrate per tensor.</source>
        <translation>Hver kanal har sitt eget rutenett. Sett bitbredden, eller kalibrer per tensor.</translation>
    </message>
    <message>
        <source>range</source>
        <translation>område</translation>
    </message>
    <message>
        <source>both ends must be finite numbers</source>
        <translation>begge ender må være endelige tall</translation>
    </message>
    <message>
        <source>min</source>
        <translation>min</translation>
    </message>
    <message>
        <source>must be 0 or less, because zero must have a code</source>
        <translation>må være 0 eller mindre, fordi null må ha en kode</translation>
    </message>
    <message>
        <source>max</source>
        <translation>maks</translation>
    </message>
    <message>
        <source>must be 0 or more, because zero must have a code</source>
        <translation>må være 0 eller mer, fordi null må ha en kode</translation>
    </message>
    <message>
        <source>min must be less than max</source>
        <translation>min må være mindre enn maks</translation>
    </message>
    <message>
        <source>bits</source>
        <translation>biter</translation>
    </message>
    <message>
        <source>must be 4, 8 or 16</source>
        <translation>må være 4, 8 eller 16</translation>
    </message>
    <message>
        <source>value</source>
        <translation>verdi</translation>
    </message>
    <message>
        <source>must be a finite number</source>
        <translation>må være et endelig tall</translation>
    </message>
    <message>
        <source>must be less than 0 in a symmetric encoding</source>
        <translation>må være mindre enn 0 i en symmetrisk koding</translation>
    </message>
    <message>
        <source>is 0 in an unsigned symmetric encoding</source>
        <translation>er 0 i en symmetrisk koding uten fortegn</translation>
    </message>
    <message>
        <source>must be more than 0 in a symmetric encoding</source>
        <translation>må være større enn 0 i en symmetrisk koding</translation>
    </message>
    <message>
        <source>scale</source>
        <translation>skala</translation>
    </message>
    <message>
        <source>must be more than 0</source>
        <translation>må være større enn 0</translation>
    </message>
    <message>
        <source>zero point</source>
        <translation>nullpunkt</translation>
    </message>
    <message>
        <source>must be a whole number from 0 to %1</source>
        <translation>må være et helt tall fra 0 til %1</translation>
    </message>
    <message>
        <source>is fixed in a symmetric encoding</source>
        <translation>er fast i en symmetrisk koding</translation>
    </message>
    <message>
        <source>none of the selected tensors has a bit width of its own</source>
        <translation>ingen av de valgte tensorene har en egen bitbredde</translation>
    </message>
    <message>
        <source>revert</source>
        <translation>tilbakestill</translation>
    </message>
    <message>
        <source>the selected tensors are as calibrated</source>
        <translation>de valgte tensorene er som kalibrert</translation>
    </message>
    <message>
        <source>This encoding is locked. Unlock it to change it.</source>
        <translation>Denne kodingen er låst. Lås den opp for å endre den.</translation>
    </message>
    <message>
        <source>grid</source>
        <translation>rutenett</translation>
    </message>
    <message>
        <source>none of the tensors has an asymmetric grid that can be edited</source>
        <translation>ingen av tensorene har et asymmetrisk rutenett som kan redigeres</translation>
    </message>
    <message>
        <source>none of the tensors has a symmetric grid that can be edited</source>
        <translation>ingen av tensorene har et symmetrisk rutenett som kan redigeres</translation>
    </message>
    <message>
        <source>lock</source>
        <translation>lås</translation>
    </message>
    <message>
        <source>none of the tensors has an encoding to lock</source>
        <translation>ingen av tensorene har en koding å låse</translation>
    </message>
    <message>
        <source>none of the tensors is locked</source>
        <translation>ingen av tensorene er låst</translation>
    </message>
</context>
<context>
    <name>EncodingForms</name>
    <message>
        <source>This tensor has no encoding yet. Calibrate first.</source>
        <translation>Denne tensoren har ingen koding ennå. Kalibrer først.</translation>
    </message>
    <message>
        <source>The bias follows from the scales of its input and weight.</source>
        <translation>Skjevheten følger av skalaene til inngangen og vekten.</translation>
    </message>
    <message>
        <source>The encoding is locked.</source>
        <translation>Kodingen er låst.</translation>
    </message>
    <message>
        <source>A tensor that shares this encoding is locked.</source>
        <translation>En tensor som deler denne kodingen, er låst.</translation>
    </message>
    <message>
        <source>A float16 encoding has no grid.</source>
        <translation>En float16-koding har ikke noe rutenett.</translation>
    </message>
    <message>
        <source>Every block has a grid of its own. Calibrate per tensor or per channel to edit it.</source>
        <translation>Hver blokk har sitt eget rutenett. Kalibrer per tensor eller per kanal for å redigere den.</translation>
    </message>
    <message>
        <source>Backends take activations per tensor only.</source>
        <translation>Backender tar bare aktiveringer per tensor.</translation>
    </message>
    <message>
        <source>This operator takes its weight per tensor only.</source>
        <translation>Denne operatoren tar bare vekten per tensor.</translation>
    </message>
    <message>
        <source>The ranges of the channels are not known yet.</source>
        <translation>Områdene til kanalene er ikke kjent ennå.</translation>
    </message>
    <message>
        <source>No range is known. Calibrate first.</source>
        <translation>Ikke noe område er kjent. Kalibrer først.</translation>
    </message>
    <message>
        <source>It is so already.</source>
        <translation>Det er slik allerede.</translation>
    </message>
</context>
<context>
    <name>EncodingsExport</name>
    <message>
        <source>Model with QuantizeLinear and DequantizeLinear (*.onnx)</source>
        <translation>Modell med QuantizeLinear og DequantizeLinear (*.onnx)</translation>
    </message>
    <message>
        <source>Encodings, version %1 (*.encodings *.json)</source>
        <translation>Kodinger, versjon %1 (*.encodings *.json)</translation>
    </message>
    <message>
        <source>; %1 left out, the first is %2: %3</source>
        <translation>; %1 utelatt, den første er %2: %3</translation>
    </message>
    <message>
        <source>; %1 changed, the first is %2: %3</source>
        <translation>; %1 endret, den første er %2: %3</translation>
    </message>
    <message>
        <source>this is the open model</source>
        <translation>dette er den åpne modellen</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>Velg et annet navn.</translation>
    </message>
    <message>
        <source>%1 written, %2 activations, %3 weights, %4 biases</source>
        <translation>%1 skrevet, %2 aktiveringer, %3 vekter, %4 biaser</translation>
    </message>
    <message>
        <source>%1 updated, %2 entries</source>
        <translation>%1 oppdatert, %2 oppføringer</translation>
    </message>
    <message>
        <source>%1 written, %2 entries</source>
        <translation>%1 skrevet, %2 oppføringer</translation>
    </message>
</context>
<context>
    <name>GraphBandPainter</name>
    <message>
        <source>Several segments · %1</source>
        <translation>Flere segmenter · %1</translation>
    </message>
    <message>
        <source>Several segments</source>
        <translation>Flere segmenter</translation>
    </message>
    <message>
        <source>Segment %1 · %2</source>
        <translation>Segment %1 · %2</translation>
    </message>
    <message>
        <source>p50, n=%1, run %2</source>
        <translation>p50, n=%1, kjøring %2</translation>
    </message>
    <message>
        <source>%1 %2, %3: segment %4 to %5</source>
        <translation>%1 %2, %3: segment %4 til %5</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>og %1 til</translation>
    </message>
    <message>
        <source>Times are estimates from planning figures, not measured.</source>
        <translation>Tidene er anslag fra planleggingstall, ikke målt.</translation>
    </message>
</context>
<context>
    <name>GraphHeatBuilder</name>
    <message>
        <source>fused</source>
        <translation>slått sammen</translation>
    </message>
    <message>
        <source>Fill: time, share of all layers</source>
        <translation>Fyll: tid, andel av alle lag</translation>
    </message>
    <message>
        <source>Fill: MACs, share of the model</source>
        <translation>Fyll: MAC, andel av modellen</translation>
    </message>
    <message>
        <source>Fill: weights, share of the model</source>
        <translation>Fyll: vekter, andel av modellen</translation>
    </message>
    <message>
        <source>Fill: SQNR, total, dB</source>
        <translation>Fyll: SQNR, samlet, dB</translation>
    </message>
    <message>
        <source>Border: SQNR, local, dB</source>
        <translation>Ramme: SQNR, lokal, dB</translation>
    </message>
    <message>
        <source>Border: SQNR, total, dB</source>
        <translation>Ramme: SQNR, samlet, dB</translation>
    </message>
    <message>
        <source>No run yet, so there are no times.</source>
        <translation>Ingen kjøring ennå, så det finnes ingen tider.</translation>
    </message>
    <message>
        <source>Not evaluated yet, so there are no errors.</source>
        <translation>Ikke evaluert ennå, så det finnes ingen feilverdier.</translation>
    </message>
</context>
<context>
    <name>GraphPainter</name>
    <message>
        <source> /block %1</source>
        <translation> /blokk %1</translation>
    </message>
    <message>
        <source> /ch %1</source>
        <translation> /kanal %1</translation>
    </message>
</context>
<context>
    <name>ImproveRows</name>
    <message>
        <source>SQNR</source>
        <translation>SQNR</translation>
    </message>
    <message>
        <source>Agreement</source>
        <translation>Samsvar</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Nøyaktighet</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Kommando</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Lag</translation>
    </message>
    <message>
        <source>What is quantized as one: an operator with its weights and what is fused into it</source>
        <translation>Det som kvantiseres samlet: en operator med vektene sine og det som er fusjonert inn i den</translation>
    </message>
    <message>
        <source>Operator</source>
        <translation>Operator</translation>
    </message>
    <message>
        <source>Type of its first operator</source>
        <translation>Typen til den første operatoren</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>Rang</translation>
    </message>
    <message>
        <source>1: costs most when quantized alone</source>
        <translation>1: koster mest når det kvantiseres alene</translation>
    </message>
    <message>
        <source>Alone%1</source>
        <translation>Alene%1</translation>
    </message>
    <message>
        <source>%1 with only this layer quantized</source>
        <translation>%1 med bare dette laget kvantisert</translation>
    </message>
    <message>
        <source>SQNR alone, dB</source>
        <translation>SQNR alene, dB</translation>
    </message>
    <message>
        <source>SQNR at the worst output with only this layer quantized</source>
        <translation>SQNR på den dårligste utgangen med bare dette laget kvantisert</translation>
    </message>
    <message>
        <source>Gain in float%1</source>
        <translation>Gevinst som flyttall%1</translation>
    </message>
    <message>
        <source>What leaving only this layer in float gains over everything quantized</source>
        <translation>Det en vinner på å la bare dette laget være flyttall, mot alt kvantisert</translation>
    </message>
    <message>
        <source>MACs</source>
        <translation>MAC-er</translation>
    </message>
    <message>
        <source>Multiplications and additions of one inference: what a wider layer costs</source>
        <translation>Multiplikasjoner og addisjoner i én inferens: det et bredere lag koster</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>Biter</translation>
    </message>
    <message>
        <source>Widest of the layer&apos;s encodings as they are now</source>
        <translation>Den bredeste av lagets kodinger slik de er nå</translation>
    </message>
    <message>
        <source>Quantized with it</source>
        <translation>Kvantiseres sammen med det</translation>
    </message>
    <message>
        <source>Operators that are fused into the layer or share its encoding</source>
        <translation>Operatorer som er fusjonert inn i laget eller deler kodingen dets</translation>
    </message>
    <message>
        <source>Not measured: the run was stopped before.</source>
        <translation>Ikke målt: kjøringen ble stoppet før det.</translation>
    </message>
    <message>
        <source>Cost, %</source>
        <translation>Kostnad, %</translation>
    </message>
    <message>
        <source>Share of the raised layers in what all layers cost</source>
        <translation>De hevede lagenes andel av det alle lag koster</translation>
    </message>
    <message>
        <source>With these layers raised</source>
        <translation>Med disse lagene hevet</translation>
    </message>
    <message>
        <source>SQNR, dB</source>
        <translation>SQNR, dB</translation>
    </message>
    <message>
        <source>SQNR at the worst output; decides between equal metrics</source>
        <translation>SQNR på den dårligste utgangen; avgjør mellom like mål</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Lag</translation>
    </message>
    <message>
        <source>How many layers are raised</source>
        <translation>Hvor mange lag som er hevet</translation>
    </message>
    <message>
        <source>Raised</source>
        <translation>Hevet</translation>
    </message>
    <message>
        <source>Which layers are raised</source>
        <translation>Hvilke lag som er hevet</translation>
    </message>
    <message>
        <source>none</source>
        <translation>ingen</translation>
    </message>
    <message>
        <source>best within the budget</source>
        <translation>best innenfor budsjettet</translation>
    </message>
    <message>
        <source>First layer</source>
        <translation>Første lag</translation>
    </message>
    <message>
        <source>Its channels were divided by the scales</source>
        <translation>Kanalene ble delt på skalaene</translation>
    </message>
    <message>
        <source>Second layer</source>
        <translation>Andre lag</translation>
    </message>
    <message>
        <source>Its input channels were multiplied by them</source>
        <translation>Inngangskanalene ble ganget med dem</translation>
    </message>
    <message>
        <source>Spread before</source>
        <translation>Spredning før</translation>
    </message>
    <message>
        <source>Largest over smallest channel range of the first layer</source>
        <translation>Største delt på minste kanalområde i det første laget</translation>
    </message>
    <message>
        <source>Spread after</source>
        <translation>Spredning etter</translation>
    </message>
    <message>
        <source>Least scale</source>
        <translation>Minste skala</translation>
    </message>
    <message>
        <source>Of the channels</source>
        <translation>Av kanalene</translation>
    </message>
    <message>
        <source>Largest scale</source>
        <translation>Største skala</translation>
    </message>
    <message>
        <source>Absorbed</source>
        <translation>Flyttet</translation>
    </message>
    <message>
        <source>Channels whose high bias went into the second layer</source>
        <translation>Kanaler der en høy skjevhet gikk inn i det andre laget</translation>
    </message>
    <message>
        <source>Its bias gives back what quantized weights shift</source>
        <translation>Skjevheten gir tilbake det kvantiserte vekter forskyver</translation>
    </message>
    <message>
        <source>Largest shift</source>
        <translation>Største forskyvning</translation>
    </message>
    <message>
        <source>Of one value of the bias, absolute</source>
        <translation>Av én verdi i skjevheten, absolutt</translation>
    </message>
    <message>
        <source>Its type</source>
        <translation>Typen</translation>
    </message>
    <message>
        <source>Left alone</source>
        <translation>Latt være</translation>
    </message>
    <message>
        <source>What stays as it is</source>
        <translation>Det som forblir som det er</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Hvorfor</translation>
    </message>
</context>
<context>
    <name>PlacementFixes</name>
    <message>
        <source>Calibrate</source>
        <translation>Kalibrer</translation>
    </message>
    <message>
        <source>Calibrate, put on %1</source>
        <translation>Kalibrer, legg på %1</translation>
    </message>
    <message>
        <source>Put on %1</source>
        <translation>Legg på %1</translation>
    </message>
    <message>
        <source>Encode with %1 bit, put on %2</source>
        <translation>Kod med %1 bit, legg på %2</translation>
    </message>
    <message>
        <source>%1 gets %2 bit; its range stays.</source>
        <translation>%1 får %2 bit; området beholdes.</translation>
    </message>
    <message>
        <source>Put its neighbours on %1 too</source>
        <translation>Legg naboene på %1 også</translation>
    </message>
    <message>
        <source>What is fused into one operator stays together.</source>
        <translation>Det som er fusjonert til én operator, holdes samlet.</translation>
    </message>
    <message>
        <source>Not from here</source>
        <translation>Ikke herfra</translation>
    </message>
    <message>
        <source>Put this operator on %1</source>
        <translation>Legg denne operatoren på %1</translation>
    </message>
    <message>
        <source>Changes its assignment.</source>
        <translation>Endrer tildelingen.</translation>
    </message>
    <message>
        <source>What is fused with it comes along.</source>
        <translation>Det som er fusjonert med den, følger med.</translation>
    </message>
    <message>
        <source>Put segment %1 on %2</source>
        <translation>Legg segment %1 på %2</translation>
    </message>
    <message>
        <source>%1 of its %2</source>
        <translation>%1 av %2</translation>
    </message>
    <message>
        <source>%1 needs encodings; calibration gives them to every tensor.</source>
        <translation>%1 trenger kodinger; kalibrering gir alle tensorer det.</translation>
    </message>
</context>
<context>
    <name>RecentRow</name>
    <message>
        <source>today %1</source>
        <translation>i dag %1</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>i går</translation>
    </message>
    <message>
        <source>file not found</source>
        <translation>filen finnes ikke</translation>
    </message>
    <message>
        <source>not run</source>
        <translation>ikke kjørt</translation>
    </message>
</context>
<context>
    <name>RunLanes</name>
    <message>
        <source>Utilisation</source>
        <translation>Belastning</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>Temperatur</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Minne</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>Effekt</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>Annet</translation>
    </message>
    <message>
        <source>Whole run</source>
        <translation>Hele kjøringen</translation>
    </message>
    <message>
        <source>latency, ms</source>
        <translation>ventetid, ms</translation>
    </message>
    <message>
        <source>Inference</source>
        <translation>Inferens</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>lag</translation>
    </message>
    <message>
        <source>the run was recorded without layer times</source>
        <translation>kjøringen ble tatt opp uten lagtider</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>the device reports no such counter</source>
        <translation>enheten melder ingen slik teller</translation>
    </message>
    <message>
        <source>p50 of run %1 n=%2</source>
        <translation>p50 for kjøringen %1 n=%2</translation>
    </message>
    <message>
        <source>Inference %1</source>
        <translation>Inferens %1</translation>
    </message>
    <message>
        <source>Runner memory</source>
        <translation>Kjørerens minne</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>no sample came while it ran</source>
        <translation>ingen måling kom mens det kjørte</translation>
    </message>
    <message>
        <source>inference %1</source>
        <translation>inferens %1</translation>
    </message>
    <message>
        <source>throttled</source>
        <translation>strupet</translation>
    </message>
    <message>
        <source>%1, emulated</source>
        <translation>%1, emulert</translation>
    </message>
    <message>
        <source>CPU clock</source>
        <translation>CPU-klokke</translation>
    </message>
    <message>
        <source>GPU clock</source>
        <translation>GPU-klokke</translation>
    </message>
    <message>
        <source>Memory clock</source>
        <translation>Minneklokke</translation>
    </message>
    <message>
        <source>Other clocks</source>
        <translation>Andre klokker</translation>
    </message>
</context>
<context>
    <name>RunRecord</name>
    <message>
        <source>%1 at start</source>
        <translation>%1 ved start</translation>
    </message>
</context>
<context>
    <name>RunSettings</name>
    <message>
        <source>A whole number from %1 to %2.</source>
        <translation>Et heltall fra %1 til %2.</translation>
    </message>
    <message>
        <source>Seconds, more than 0 and at most %1.</source>
        <translation>Sekunder, mer enn 0 og høyst %1.</translation>
    </message>
    <message>
        <source>1 to 100 samples a second, or 0 for none.</source>
        <translation>1 til 100 målinger i sekundet, eller 0 for ingen.</translation>
    </message>
    <message>
        <source>This is a folder. Name a file in it.</source>
        <translation>Dette er en mappe. Oppgi en fil i den.</translation>
    </message>
    <message>
        <source>There is no folder %1.</source>
        <translation>Mappen %1 finnes ikke.</translation>
    </message>
    <message>
        <source>You may not write there. Choose another folder.</source>
        <translation>Du har ikke skrivetilgang der. Velg en annen mappe.</translation>
    </message>
    <message>
        <source>Profiling is off, basic or detailed.</source>
        <translation>Profilering er off, basic eller detailed.</translation>
    </message>
</context>
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
    <name>ViewTable</name>
    <message>
        <source>Graph</source>
        <translation>Graf</translation>
    </message>
    <message>
        <source>Encodings</source>
        <translation>Kodinger</translation>
    </message>
    <message>
        <source>Placement</source>
        <translation>Plassering</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Tidslinje</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Lag</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Sammenlign</translation>
    </message>
    <message>
        <source>Build</source>
        <translation>Bygg</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Enheter</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::ArtifactsModel</name>
    <message>
        <source>bytes</source>
        <translation>byte</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Fil</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Slag</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Størrelse</translation>
    </message>
    <message>
        <source>SHA-256</source>
        <translation>SHA-256</translation>
    </message>
    <message>
        <source>Path in the output folder</source>
        <translation>Sti i utmappen</translation>
    </message>
    <message>
        <source>What the file is for</source>
        <translation>Hva filen er til</translation>
    </message>
    <message>
        <source>Size of the file; copied in bytes</source>
        <translation>Filens størrelse; kopieres i byte</translation>
    </message>
    <message>
        <source>Hash of the content: same input, same bytes</source>
        <translation>Hash av innholdet: samme inndata, samme byte</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::BackendSection</name>
    <message>
        <source>Backends</source>
        <translation>Backender</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisk</translation>
    </message>
    <message>
        <source>Put on %1</source>
        <translation>Legg på %1</translation>
    </message>
    <message>
        <source>%1 here, %2 allowed</source>
        <translation>%1 her, %2 tillatt</translation>
    </message>
    <message>
        <source>assigned</source>
        <translation>tildelt</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisk</translation>
    </message>
    <message>
        <source>allowed</source>
        <translation>tillatt</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nei</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::BatchBar</name>
    <message>
        <source>Discard</source>
        <translation>Forkast</translation>
    </message>
    <message>
        <source>Apply as one step</source>
        <translation>Bruk som ett steg</translation>
    </message>
    <message>
        <source>Tensors to edit</source>
        <translation>Tensorer som skal redigeres</translation>
    </message>
    <message>
        <source>selected rows, or op:Conv kind:act</source>
        <translation>valgte rader, eller op:Conv kind:act</translation>
    </message>
    <message>
        <source>What to set</source>
        <translation>Hva som skal settes</translation>
    </message>
    <message>
        <source>set bits</source>
        <translation>sett biter</translation>
    </message>
    <message>
        <source>symmetric</source>
        <translation>symmetrisk</translation>
    </message>
    <message>
        <source>asymmetric</source>
        <translation>asymmetrisk</translation>
    </message>
    <message>
        <source>lock</source>
        <translation>lås</translation>
    </message>
    <message>
        <source>unlock</source>
        <translation>lås opp</translation>
    </message>
    <message>
        <source>revert to calibrated</source>
        <translation>tilbake til kalibrert</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>Biter</translation>
    </message>
    <message>
        <source>Batch edit</source>
        <translation>Samlet redigering</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>Forhåndsvisning</translation>
    </message>
    <message>
        <source>now</source>
        <translation>nå</translation>
    </message>
    <message>
        <source>after</source>
        <translation>etter</translation>
    </message>
    <message>
        <source>change</source>
        <translation>endring</translation>
    </message>
    <message>
        <source>samples</source>
        <translation>eksempler</translation>
    </message>
    <message>
        <source>What the batch edit does</source>
        <translation>Hva den samlede redigeringen gjør</translation>
    </message>
    <message>
        <source>revert</source>
        <translation>tilbakestill</translation>
    </message>
    <message>
        <source>these encodings were imported, not calibrated here</source>
        <translation>disse kodingene ble importert, ikke kalibrert her</translation>
    </message>
    <message>
        <source>%1 bit for %2</source>
        <translation>%1 biter for %2</translation>
    </message>
    <message>
        <source>%1 symmetric</source>
        <translation>%1 symmetriske</translation>
    </message>
    <message>
        <source>%1 asymmetric</source>
        <translation>%1 asymmetriske</translation>
    </message>
    <message>
        <source>lock %1</source>
        <translation>lås %1</translation>
    </message>
    <message>
        <source>unlock %1</source>
        <translation>lås opp %1</translation>
    </message>
    <message>
        <source>revert %1 to calibrated</source>
        <translation>tilbakestill %1 til kalibrert</translation>
    </message>
    <message>
        <source>Nothing changed: %1</source>
        <translation>Ingenting ble endret: %1</translation>
    </message>
    <message>
        <source>%1 locked and left as they are</source>
        <translation>%1 låst og latt være som de er</translation>
    </message>
    <message>
        <source>%1 selected</source>
        <translation>%1 valgt</translation>
    </message>
    <message>
        <source>no tensor matches</source>
        <translation>ingen tensor passer</translation>
    </message>
    <message>
        <source>%1 locked</source>
        <translation>%1 låst</translation>
    </message>
    <message>
        <source>Select rows or write a query first.</source>
        <translation>Velg rader eller skriv et søk først.</translation>
    </message>
    <message>
        <source>≈ %1 of %2</source>
        <translation>≈ %1 av %2</translation>
    </message>
    <message>
        <source>SQNR at outputs</source>
        <translation>SQNR ved utgangene</translation>
    </message>
    <message>
        <source>Top-1 agreement</source>
        <translation>Topp-1-samsvar</translation>
    </message>
    <message>
        <source>Top-1 right</source>
        <translation>Topp-1 riktig</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::BuildLogModel</name>
    <message>
        <source>error</source>
        <translation>feil</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>advarsel</translation>
    </message>
    <message>
        <source>info</source>
        <translation>info</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Nivå</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>Melding</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>Node</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Trinn</translation>
    </message>
    <message>
        <source>Time ms</source>
        <translation>Tid ms</translation>
    </message>
    <message>
        <source>Error, warning or information</source>
        <translation>Feil, advarsel eller informasjon</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>Hva som skjedde</translation>
    </message>
    <message>
        <source>Operator that the line is about; Enter shows it in the graph</source>
        <translation>Operatoren linjen gjelder; Enter viser den i grafen</translation>
    </message>
    <message>
        <source>Step of the build that said it</source>
        <translation>Byggetrinnet som meldte det</translation>
    </message>
    <message>
        <source>Since the build began</source>
        <translation>Siden byggingen begynte</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::BuildSettingsPane</name>
    <message>
        <source>Show</source>
        <translation>Vis</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Presisjon</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisk</translation>
    </message>
    <message>
        <source>Output folder</source>
        <translation>Utmappe</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Tråder</translation>
    </message>
    <message>
        <source>Shows which backend runs what</source>
        <translation>Viser hvilken backend som kjører hva</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>Velg en mappe …</translation>
    </message>
    <message>
        <source>Placement</source>
        <translation>Plassering</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Mappe</translation>
    </message>
    <message>
        <source>Precision %1</source>
        <translation>Presisjon %1</translation>
    </message>
    <message>
        <source>Build for %1</source>
        <translation>Bygg for %1</translation>
    </message>
    <message>
        <source>Build for one thread a core</source>
        <translation>Bygg for én tråd per kjerne</translation>
    </message>
    <message>
        <source>Output folder as proposed</source>
        <translation>Utmappe som foreslått</translation>
    </message>
    <message>
        <source>Output folder %1</source>
        <translation>Utmappe %1</translation>
    </message>
    <message>
        <source>Folder for the artifacts</source>
        <translation>Mappe for artefaktene</translation>
    </message>
    <message>
        <source>float32: there are no encodings yet</source>
        <translation>float32: det er ingen kodinger ennå</translation>
    </message>
    <message>
        <source>quantsim: there are encodings</source>
        <translation>quantsim: det er kodinger</translation>
    </message>
    <message>
        <source>There are no encodings: everything stays float. Calibrate first.</source>
        <translation>Det er ingen kodinger: alt forblir flyttall. Kalibrer først.</translation>
    </message>
    <message>
        <source>The encodings are not used.</source>
        <translation>Kodingene brukes ikke.</translation>
    </message>
    <message>
        <source>%1 on %2</source>
        <translation>%1 på %2</translation>
    </message>
    <message>
        <source>automatic, all ops</source>
        <translation>automatisk, alle operatorer</translation>
    </message>
    <message>
        <source>, rest automatic</source>
        <translation>, resten automatisk</translation>
    </message>
    <message>
        <source>%1, one a core</source>
        <translation>%1, én per kjerne</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::BuildStepsModel</name>
    <message>
        <source>Check operators and encodings</source>
        <translation>Sjekk operatorer og kodinger</translation>
    </message>
    <message>
        <source>Optimize and pack weights</source>
        <translation>Optimaliser og pakk vekter</translation>
    </message>
    <message>
        <source>Hash the model</source>
        <translation>Hash modellen</translation>
    </message>
    <message>
        <source>Write contexts</source>
        <translation>Skriv kontekster</translation>
    </message>
    <message>
        <source>Write descriptions</source>
        <translation>Skriv beskrivelser</translation>
    </message>
    <message>
        <source>Move into place</source>
        <translation>Flytt på plass</translation>
    </message>
    <message>
        <source>not reached</source>
        <translation>ikke nådd</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>venter</translation>
    </message>
    <message>
        <source>running</source>
        <translation>kjører</translation>
    </message>
    <message>
        <source>done</source>
        <translation>ferdig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>feilet</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>avbrutt</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Trinn</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Tilstand</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Framdrift</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Tid</translation>
    </message>
    <message>
        <source>What a build does, in this order</source>
        <translation>Hva en bygging gjør, i denne rekkefølgen</translation>
    </message>
    <message>
        <source>How far this step is</source>
        <translation>Hvor langt dette trinnet er</translation>
    </message>
    <message>
        <source>Share of the step that is done, %</source>
        <translation>Hvor mye av trinnet som er gjort, %</translation>
    </message>
    <message>
        <source>Time that the step took; copied in ms</source>
        <translation>Tiden trinnet tok; kopieres i ms</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::BuildView</name>
    <message>
        <source>The command is in the clipboard.</source>
        <translation>Kommandoen er på utklippstavlen.</translation>
    </message>
    <message>
        <source>not built yet</source>
        <translation>ikke bygd ennå</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Tilstand</translation>
    </message>
    <message>
        <source>building, %1</source>
        <translation>bygger, %1</translation>
    </message>
    <message>
        <source>running</source>
        <translation>kjører</translation>
    </message>
    <message>
        <source>built in %1</source>
        <translation>bygd på %1</translation>
    </message>
    <message>
        <source>done</source>
        <translation>ferdig</translation>
    </message>
    <message>
        <source>failed after %1</source>
        <translation>feilet etter %1</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>feilet</translation>
    </message>
    <message>
        <source>cancelled after %1; the folder is as it was</source>
        <translation>avbrutt etter %1; mappen er som før</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>avbrutt</translation>
    </message>
    <message>
        <source>Took</source>
        <translation>Tok</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Presisjon</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Tråder</translation>
    </message>
    <message>
        <source>Segments</source>
        <translation>Segmenter</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Filer</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Størrelse</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>What was in the folder is as it was.</source>
        <translation>Det som var i mappen er som før.</translation>
    </message>
    <message>
        <source>Choose another folder…</source>
        <translation>Velg en annen mappe …</translation>
    </message>
    <message>
        <source>Build again</source>
        <translation>Bygg igjen</translation>
    </message>
    <message>
        <source>All %1</source>
        <translation>Alle %1</translation>
    </message>
    <message>
        <source>Warnings %1</source>
        <translation>Advarsler %1</translation>
    </message>
    <message>
        <source>Errors %1</source>
        <translation>Feil %1</translation>
    </message>
    <message>
        <source>Build</source>
        <translation>Bygg</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Avbryt</translation>
    </message>
    <message>
        <source>Copy as command</source>
        <translation>Kopier som kommando</translation>
    </message>
    <message>
        <source>Show in graph</source>
        <translation>Vis i grafen</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Åpne mappe</translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>Kopier sti</translation>
    </message>
    <message>
        <source>Copy hash</source>
        <translation>Kopier hash</translation>
    </message>
    <message>
        <source>Last build</source>
        <translation>Siste bygging</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Kommando</translation>
    </message>
    <message>
        <source>Nothing to build yet</source>
        <translation>Ingenting å bygge ennå</translation>
    </message>
    <message>
        <source>Open a model to build the artifacts that devices run: contexts, descriptions and a manifest with hashes.</source>
        <translation>Åpne en modell for å bygge artefaktene som enheter kjører: kontekster, beskrivelser og et manifest med hasher.</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Åpne…</translation>
    </message>
    <message>
        <source>Steps of the build</source>
        <translation>Trinn i byggingen</translation>
    </message>
    <message>
        <source>The command line that repeats this build and gives the same bytes</source>
        <translation>Kommandolinjen som gjentar denne byggingen og gir de samme bytene</translation>
    </message>
    <message>
        <source>Log of the build</source>
        <translation>Byggelogg</translation>
    </message>
    <message>
        <source>What became of each operator is told here.</source>
        <translation>Her står det hva som ble av hver operator.</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Logg</translation>
    </message>
    <message>
        <source>Enter on a line does the same</source>
        <translation>Enter på en linje gjør det samme</translation>
    </message>
    <message>
        <source>Artifacts</source>
        <translation>Artefakter</translation>
    </message>
    <message>
        <source>No artifacts yet. Build to make them.</source>
        <translation>Ingen artefakter ennå. Bygg for å lage dem.</translation>
    </message>
    <message>
        <source>Copy the table</source>
        <translation>Kopier tabellen</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Innstillinger</translation>
    </message>
    <message>
        <source>Command line of the build</source>
        <translation>Kommandolinje for byggingen</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::CalibrateDialog</name>
    <message>
        <source>One grid per output channel</source>
        <translation>Ett rutenett per utgangskanal</translation>
    </message>
    <message>
        <source>Calibrate</source>
        <translation>Kalibrer</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>Metode</translation>
    </message>
    <message>
        <source>From the smallest to the largest value seen</source>
        <translation>Fra den minste til den største verdien som er sett</translation>
    </message>
    <message>
        <source>What lies outside the percentile is cut off</source>
        <translation>Det som ligger utenfor persentilen, kuttes</translation>
    </message>
    <message>
        <source>The lowest mean squared error of what was seen</source>
        <translation>Den laveste middelkvadratfeilen for det som er sett</translation>
    </message>
    <message>
        <source>The lowest relative entropy (KL); only at 8 bits, min-max otherwise</source>
        <translation>Den laveste relative entropien (KL); bare ved 8 biter, ellers min-maks</translation>
    </message>
    <message>
        <source>The lowest noise, with clipping weighted three times (tf_enhanced)</source>
        <translation>Den laveste støyen, med klipping vektet tre ganger (tf_enhanced)</translation>
    </message>
    <message>
        <source>%1 bit</source>
        <translation>%1 biter</translation>
    </message>
    <message>
        <source>asymmetric</source>
        <translation>asymmetrisk</translation>
    </message>
    <message>
        <source>symmetric</source>
        <translation>symmetrisk</translation>
    </message>
    <message>
        <source>unsigned symmetric</source>
        <translation>symmetrisk uten fortegn</translation>
    </message>
    <message>
        <source>strict symmetric</source>
        <translation>strengt symmetrisk</translation>
    </message>
    <message>
        <source>Percentile</source>
        <translation>Persentil</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>Biter</translation>
    </message>
    <message>
        <source>Grid</source>
        <translation>Rutenett</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 av %2</translation>
    </message>
    <message>
        <source>Keep all encodings there are, only fill what is missing</source>
        <translation>Behold alle kodinger som finnes, fyll bare det som mangler</translation>
    </message>
    <message>
        <source>Statistics</source>
        <translation>Statistikk</translation>
    </message>
    <message>
        <source>Activations</source>
        <translation>Aktiveringer</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Vekter</translation>
    </message>
    <message>
        <source>activations</source>
        <translation>aktiveringer</translation>
    </message>
    <message>
        <source>weights</source>
        <translation>vekter</translation>
    </message>
    <message>
        <source>growing: all values, coarser as the range grows</source>
        <translation>voksende: alle verdier, grovere når området vokser</translation>
    </message>
    <message>
        <source>first batch: its range fixes the bins (tf_enhanced)</source>
        <translation>første bunke: området dens bestemmer stolpene (tf_enhanced)</translation>
    </message>
    <message>
        <source>How values of many samples come together; vendors&apos; tools differ in it</source>
        <translation>Hvordan verdier fra mange eksempler samles; leverandørenes verktøy er ulike her</translation>
    </message>
    <message>
        <source>Histograms</source>
        <translation>Histogrammer</translation>
    </message>
    <message>
        <source>none; such as op:Softmax; */head/* with ; between queries</source>
        <translation>ingen; for eksempel op:Softmax; */head/* med ; mellom søkene</translation>
    </message>
    <message>
        <source>Leave out</source>
        <translation>Utelat</translation>
    </message>
    <message>
        <source>Locked encodings stay in any case</source>
        <translation>Låste kodinger blir uansett stående</translation>
    </message>
    <message>
        <source>none; a file to go on from and to write to</source>
        <translation>ingen; en fil å fortsette fra og skrive til</translation>
    </message>
    <message>
        <source>No new run: ranges from what the last calibration saw, n=%1</source>
        <translation>Ingen ny kjøring: områder fra det forrige kalibrering så, n=%1</translation>
    </message>
    <message>
        <source>Copy vendor command</source>
        <translation>Kopier leverandørens kommando</translation>
    </message>
    <message>
        <source>The command lines with which the vendor&apos;s converter and quantizer calibrate with these settings</source>
        <translation>Kommandolinjene som leverandørens omformer og kvantiserer kalibrerer med, med disse innstillingene</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>every tensor gets an encoding</source>
        <translation>alle tensorer får en koding</translation>
    </message>
    <message>
        <source>no tensor matches</source>
        <translation>ingen tensor passer</translation>
    </message>
    <message>
        <source>%1 left out</source>
        <translation>%1 utelatt</translation>
    </message>
    <message>
        <source>Files that changed since then are not read again</source>
        <translation>Filer som er endret siden da, leses ikke på nytt</translation>
    </message>
    <message>
        <source>Other inputs, histograms or a statistics file need a run.</source>
        <translation>Andre innganger, histogrammer eller en statistikkfil krever en kjøring.</translation>
    </message>
    <message>
        <source>The statistics file has no folder to be in.</source>
        <translation>Statistikkfilen har ingen mappe å ligge i.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::ChannelStrip</name>
    <message>
        <source>Range per channel</source>
        <translation>Område per kanal</translation>
    </message>
    <message>
        <source>1 channel</source>
        <translation>1 kanal</translation>
    </message>
    <message>
        <source>%1 channels</source>
        <translation>%1 kanaler</translation>
    </message>
    <message>
        <source>no outliers</source>
        <translation>ingen avvikere</translation>
    </message>
    <message>
        <source>1 outlier: ch %1</source>
        <translation>1 avviker: kanal %1</translation>
    </message>
    <message>
        <source>%1 outliers: ch %2</source>
        <translation>%1 avvikere: kanal %2</translation>
    </message>
    <message>
        <source>ch %1: %2</source>
        <translation>kanal %1: %2</translation>
    </message>
    <message>
        <source>%1× the median</source>
        <translation>%1× medianen</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::CheckpointBar</name>
    <message>
        <source>Checkpoint</source>
        <translation>Sjekkpunkt</translation>
    </message>
    <message>
        <source>Checkpoint to compare with</source>
        <translation>Sjekkpunkt å sammenligne med</translation>
    </message>
    <message>
        <source>The table marks what has changed since this checkpoint</source>
        <translation>Tabellen merker det som er endret siden dette sjekkpunktet</translation>
    </message>
    <message>
        <source>Checkpoints</source>
        <translation>Sjekkpunkter</translation>
    </message>
    <message>
        <source>Make, return to or delete a checkpoint</source>
        <translation>Lag, gå tilbake til eller slett et sjekkpunkt</translation>
    </message>
    <message>
        <source>not calibrated</source>
        <translation>ikke kalibrert</translation>
    </message>
    <message>
        <source>none</source>
        <translation>ingen</translation>
    </message>
    <message>
        <source>New checkpoint…</source>
        <translation>Nytt sjekkpunkt …</translation>
    </message>
    <message>
        <source>Return to %1</source>
        <translation>Gå tilbake til %1</translation>
    </message>
    <message>
        <source>Delete %1</source>
        <translation>Slett %1</translation>
    </message>
    <message>
        <source>New checkpoint</source>
        <translation>Nytt sjekkpunkt</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Navn</translation>
    </message>
    <message>
        <source>checkpoint %1</source>
        <translation>sjekkpunkt %1</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::Checkpoints</name>
    <message>
        <source>There are no encodings to keep yet.</source>
        <translation>Det finnes ingen kodinger å ta vare på ennå.</translation>
    </message>
    <message>
        <source>A checkpoint needs a name.</source>
        <translation>Et sjekkpunkt trenger et navn.</translation>
    </message>
    <message>
        <source>A name has at most %1 characters.</source>
        <translation>Et navn har høyst %1 tegn.</translation>
    </message>
    <message>
        <source>There are %1 checkpoints already. Delete one first.</source>
        <translation>Det finnes allerede %1 sjekkpunkter. Slett ett først.</translation>
    </message>
    <message>
        <source>Another checkpoint is called %1.</source>
        <translation>Et annet sjekkpunkt heter %1.</translation>
    </message>
    <message>
        <source>The encodings are those of %1.</source>
        <translation>Kodingene er de samme som i %1.</translation>
    </message>
    <message>
        <source>return to %1</source>
        <translation>gå tilbake til %1</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::CommandPalette</name>
    <message>
        <source>Command palette</source>
        <translation>Kommandopalett</translation>
    </message>
    <message>
        <source>Search for commands, operators, tensors, files</source>
        <translation>Søk etter kommandoer, operatorer, tensorer, filer</translation>
    </message>
    <message>
        <source>Command, operator, tensor or file</source>
        <translation>Kommando, operator, tensor eller fil</translation>
    </message>
    <message>
        <source>&gt; actions  @ ops  # tensors  : runs</source>
        <translation>&gt; kommandoer  @ operatorer  # tensorer  : kjøringer</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>Hva som ble funnet</translation>
    </message>
    <message>
        <source>↑ ↓ choose    Enter run    Esc close</source>
        <translation>↑ ↓ velg    Enter utfør    Esc lukk</translation>
    </message>
    <message>
        <source>nothing found</source>
        <translation>ingen treff</translation>
    </message>
    <message>
        <source>%1 of %2 results</source>
        <translation>%1 av %2 treff</translation>
    </message>
    <message>
        <source>%1 results</source>
        <translation>%1 treff</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::CompareModel</name>
    <message>
        <source>Layer; fused layers stand together</source>
        <translation>Lag; fusjonerte lag står sammen</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Lag</translation>
    </message>
    <message>
        <source>Operator</source>
        <translation>Operator</translation>
    </message>
    <message>
        <source>Op</source>
        <translation>Operator</translation>
    </message>
    <message>
        <source>Backend in the baseline and, where it differs, in the candidate</source>
        <translation>Backend i referansen og, der den er en annen, i kandidaten</translation>
    </message>
    <message>
        <source>Backend</source>
        <translation>Backend</translation>
    </message>
    <message>
        <source>Median time in the baseline %1</source>
        <translation>Mediantid i referansen %1</translation>
    </message>
    <message>
        <source>Median time in the candidate %1</source>
        <translation>Mediantid i kandidaten %1</translation>
    </message>
    <message>
        <source>Difference of the medians; sorted by its size</source>
        <translation>Forskjell mellom medianene; sortert etter størrelse</translation>
    </message>
    <message>
        <source>Change of the median in percent of the baseline</source>
        <translation>Endring av medianen i prosent av referansen</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Endring</translation>
    </message>
    <message>
        <source>95 % bootstrap interval of the change</source>
        <translation>95 % bootstrap-intervall for endringen</translation>
    </message>
    <message>
        <source>95 % interval</source>
        <translation>95 %-intervall</translation>
    </message>
    <message>
        <source>Change with its interval, from −%1 % (faster) to +%1 % (slower)</source>
        <translation>Endring med intervall, fra −%1 % (raskere) til +%1 % (tregere)</translation>
    </message>
    <message>
        <source>A change inside the noise floor is called the same</source>
        <translation>En endring innenfor støygulvet kalles uendret</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Vurdering</translation>
    </message>
    <message>
        <source>Inferences of the baseline</source>
        <translation>Inferenser i referansen</translation>
    </message>
    <message>
        <source>n %1</source>
        <translation>n %1</translation>
    </message>
    <message>
        <source>Inferences of the candidate</source>
        <translation>Inferenser i kandidaten</translation>
    </message>
    <message>
        <source>faster    0    slower</source>
        <translation>raskere    0    tregere</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::CompareSet</name>
    <message>
        <source>Comparing runs</source>
        <translation>Sammenligner kjøringer</translation>
    </message>
    <message>
        <source>gone</source>
        <translation>borte</translation>
    </message>
    <message>
        <source>new</source>
        <translation>ny</translation>
    </message>
    <message>
        <source>no times</source>
        <translation>ingen tider</translation>
    </message>
    <message>
        <source>n=%1, need %2</source>
        <translation>n=%1, trenger %2</translation>
    </message>
    <message>
        <source>no verdict</source>
        <translation>ingen vurdering</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::CompareView</name>
    <message>
        <source>Copy as gate</source>
        <translation>Kopier som port</translation>
    </message>
    <message>
        <source>No runs yet</source>
        <translation>Ingen kjøringer ennå</translation>
    </message>
    <message>
        <source>Runs of this model and recordings stand here side by side, with the change of every layer and whether it is more than noise.</source>
        <translation>Kjøringer av denne modellen og opptak står her side om side, med endringen i hvert lag og om den er mer enn støy.</translation>
    </message>
    <message>
        <source>Open recording…</source>
        <translation>Åpne opptak …</translation>
    </message>
    <message>
        <source>Or run the model twice: before and after a change.</source>
        <translation>Eller kjør modellen to ganger: før og etter en endring.</translation>
    </message>
    <message>
        <source>Use as baseline</source>
        <translation>Bruk som referanse</translation>
    </message>
    <message>
        <source>Rename run…</source>
        <translation>Gi kjøringen nytt navn …</translation>
    </message>
    <message>
        <source>Remove run from the list</source>
        <translation>Ta kjøringen ut av listen</translation>
    </message>
    <message>
        <source>Copy comparison as gate</source>
        <translation>Kopier sammenligningen som portkontroll</translation>
    </message>
    <message>
        <source>The command is in the clipboard.</source>
        <translation>Kommandoen er på utklippstavlen.</translation>
    </message>
    <message>
        <source>Copy a command that compares the two recordings and fails when the candidate is slower than noise explains</source>
        <translation>Kopier en kommando som sammenligner de to opptakene og feiler når kandidaten er tregere enn støy forklarer</translation>
    </message>
    <message>
        <source>Report…</source>
        <translation>Rapport …</translation>
    </message>
    <message>
        <source>Layers of both runs</source>
        <translation>Lag i begge kjøringene</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Kjøringer</translation>
    </message>
    <message>
        <source>Settings that differ</source>
        <translation>Innstillinger som er ulike</translation>
    </message>
    <message>
        <source>Model, precision, threads, device, clocks and temperature are the same in both runs.</source>
        <translation>Modell, presisjon, tråder, enhet, klokker og temperatur er like i begge kjøringene.</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Vis</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Gi nytt navn</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Fjern</translation>
    </message>
    <message>
        <source>Copy the table</source>
        <translation>Kopier tabellen</translation>
    </message>
    <message>
        <source>candidate %1</source>
        <translation>kandidat %1</translation>
    </message>
    <message>
        <source>candidate</source>
        <translation>kandidat</translation>
    </message>
    <message>
        <source>Enter shows a run, F2 names it, Delete takes it out of the list</source>
        <translation>Enter viser en kjøring, F2 gir den navn, Delete tar den ut av listen</translation>
    </message>
    <message>
        <source>%1 of %2 layers</source>
        <translation>%1 av %2 lag</translation>
    </message>
    <message>
        <source>%1 faster</source>
        <translation>%1 raskere</translation>
    </message>
    <message>
        <source>%1 slower</source>
        <translation>%1 tregere</translation>
    </message>
    <message>
        <source>%1 the same</source>
        <translation>%1 uendret</translation>
    </message>
    <message>
        <source>%1 not clear</source>
        <translation>%1 uklare</translation>
    </message>
    <message>
        <source>%1; medians, 95 % bootstrap interval, Holm-corrected over %2 rows</source>
        <translation>%1; medianer, 95 % bootstrap-intervall, Holm-korrigert over %2 rader</translation>
    </message>
    <message>
        <source>There is no run yet.</source>
        <translation>Det finnes ingen kjøring ennå.</translation>
    </message>
    <message>
        <source>It is the baseline already.</source>
        <translation>Den er referansen allerede.</translation>
    </message>
    <message>
        <source>It still runs.</source>
        <translation>Den kjører ennå.</translation>
    </message>
    <message>
        <source>Two recorded runs have to be compared first.</source>
        <translation>To kjøringer må sammenlignes først.</translation>
    </message>
    <message>
        <source>1 run</source>
        <translation>1 kjøring</translation>
    </message>
    <message>
        <source>%1 runs</source>
        <translation>%1 kjøringer</translation>
    </message>
    <message>
        <source>%1 on %2</source>
        <translation>%1 på %2</translation>
    </message>
    <message>
        <source>%1 on %2 devices</source>
        <translation>%1 på %2 enheter</translation>
    </message>
    <message>
        <source>Noise floor ±%1</source>
        <translation>Støygulv ±%1</translation>
    </message>
    <message>
        <source>Layers: %1 against %2</source>
        <translation>Lag: %1 mot %2</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Lag</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Innstillinger</translation>
    </message>
    <message>
        <source>Settings: 1 differs</source>
        <translation>Innstillinger: 1 er ulik</translation>
    </message>
    <message>
        <source>Settings: %1 differ</source>
        <translation>Innstillinger: %1 er ulike</translation>
    </message>
    <message>
        <source>Runs: %1</source>
        <translation>Kjøringer: %1</translation>
    </message>
    <message>
        <source>One run is there. Change something and run again, or open a recording, to see what differs.</source>
        <translation>Én kjøring er her. Endre noe og kjør igjen, eller åpne et opptak, for å se hva som er ulikt.</translation>
    </message>
    <message>
        <source>The comparison comes when the run has ended.</source>
        <translation>Sammenligningen kommer når kjøringen er ferdig.</translation>
    </message>
    <message>
        <source>Comparing…</source>
        <translation>Sammenligner …</translation>
    </message>
    <message>
        <source>Neither run was recorded with layer times.</source>
        <translation>Ingen av kjøringene ble tatt opp med lagtider.</translation>
    </message>
    <message>
        <source>No layer matches the filter.</source>
        <translation>Ingen lag passer med filteret.</translation>
    </message>
    <message>
        <source>%1: %2 and %3</source>
        <translation>%1: %2 og %3</translation>
    </message>
    <message>
        <source>The runs differ in what they were measured under: %1.</source>
        <translation>Kjøringene er målt under ulike forhold: %1.</translation>
    </message>
    <message>
        <source>%1 gets no verdict</source>
        <translation>%1 får ingen vurdering</translation>
    </message>
    <message>
        <source>Compare with care</source>
        <translation>Sammenlign varsomt</translation>
    </message>
    <message>
        <source>Show in all views</source>
        <translation>Vis i alle visninger</translation>
    </message>
    <message>
        <source>Compare with the baseline</source>
        <translation>Sammenlign med referansen</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>Gi nytt navn …</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>Fjern fra listen</translation>
    </message>
    <message>
        <source>%1 still runs. Stop it first.</source>
        <translation>%1 kjører ennå. Stopp den først.</translation>
    </message>
    <message>
        <source>%1 is out of the list.</source>
        <translation>%1 er ute av listen.</translation>
    </message>
    <message>
        <source>%1 is out of the list; its recording stays: %2</source>
        <translation>%1 er ute av listen; opptaket beholdes: %2</translation>
    </message>
    <message>
        <source>The runs drift: only a change above ±%1 is told from noise. Measure longer, or on a quieter device.</source>
        <translation>Kjøringene driver: bare en endring over ±%1 kan skilles fra støy. Mål lenger, eller på en roligere enhet.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::CountersModel</name>
    <message>
        <source>not available</source>
        <translation>ikke tilgjengelig</translation>
    </message>
    <message>
        <source>%1 values</source>
        <translation>%1 verdier</translation>
    </message>
    <message>
        <source>no sample yet</source>
        <translation>ingen måling ennå</translation>
    </message>
    <message>
        <source>no samples</source>
        <translation>ingen målinger</translation>
    </message>
    <message>
        <source>Counter</source>
        <translation>Teller</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>Nå</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Snitt</translation>
    </message>
    <message>
        <source>Over time</source>
        <translation>Over tid</translation>
    </message>
    <message>
        <source>Min</source>
        <translation>Min</translation>
    </message>
    <message>
        <source>Max</source>
        <translation>Maks</translation>
    </message>
    <message>
        <source>Why not</source>
        <translation>Hvorfor ikke</translation>
    </message>
    <message>
        <source>What is counted; its source stands on hover</source>
        <translation>Hva som måles; kilden vises når du peker</translation>
    </message>
    <message>
        <source>Newest value</source>
        <translation>Nyeste verdi</translation>
    </message>
    <message>
        <source>Mean over the run</source>
        <translation>Snitt over kjøringen</translation>
    </message>
    <message>
        <source>The last %1 values, scaled to their own range</source>
        <translation>De siste %1 verdiene, skalert til sitt eget område</translation>
    </message>
    <message>
        <source>The whole run, scaled to its own range</source>
        <translation>Hele kjøringen, skalert til sitt eget område</translation>
    </message>
    <message>
        <source>Smallest value seen</source>
        <translation>Minste sette verdi</translation>
    </message>
    <message>
        <source>Largest value seen</source>
        <translation>Største sette verdi</translation>
    </message>
    <message>
        <source>Why a counter has no values</source>
        <translation>Hvorfor en teller ikke har verdier</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::DeviceButton</name>
    <message>
        <source>Run uses %1 (%2).</source>
        <translation>Kjør bruker %1 (%2).</translation>
    </message>
    <message>
        <source>Device: %1</source>
        <translation>Enhet: %1</translation>
    </message>
    <message>
        <source>Devices…</source>
        <translation>Enheter…</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::DeviceList</name>
    <message>
        <source>This computer</source>
        <translation>Denne maskinen</translation>
    </message>
    <message>
        <source>Reading %1</source>
        <translation>Leser %1</translation>
    </message>
    <message>
        <source>The file is not there. Put it back, or remove the recording from the list.</source>
        <translation>Filen er ikke der. Legg den tilbake, eller fjern opptaket fra listen.</translation>
    </message>
    <message>
        <source>The run was interrupted.</source>
        <translation>Kjøringen ble avbrutt.</translation>
    </message>
    <message>
        <source>Looking for devices</source>
        <translation>Ser etter enheter</translation>
    </message>
    <message>
        <source>Looking at %1</source>
        <translation>Ser på %1</translation>
    </message>
    <message>
        <source>It is not connected any more.</source>
        <translation>Den er ikke tilkoblet lenger.</translation>
    </message>
    <message>
        <source>It was not looked for yet.</source>
        <translation>Det er ikke sett etter den ennå.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::DeviceMonitor</name>
    <message>
        <source>Counters</source>
        <translation>Tellere</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::DevicesModel</name>
    <message>
        <source>looking</source>
        <translation>ser etter</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>klar</translation>
    </message>
    <message>
        <source>incomplete</source>
        <translation>ufullstendig</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>mangler</translation>
    </message>
    <message>
        <source>not readable</source>
        <translation>ikke lesbar</translation>
    </message>
    <message>
        <source>used by Run</source>
        <translation>brukes av Kjør</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Enhet</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Tilstand</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Prosessor</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grunn</translation>
    </message>
    <message>
        <source>Whether it can run now</source>
        <translation>Om den kan kjøre nå</translation>
    </message>
    <message>
        <source>Board or product, as the device says</source>
        <translation>Kort eller produkt, slik enheten oppgir</translation>
    </message>
    <message>
        <source>System on chip or processor</source>
        <translation>Systembrikke eller prosessor</translation>
    </message>
    <message>
        <source>Operating system</source>
        <translation>Operativsystem</translation>
    </message>
    <message>
        <source>Why it is not ready</source>
        <translation>Hvorfor den ikke er klar</translation>
    </message>
    <message>
        <source>not ready</source>
        <translation>ikke klar</translation>
    </message>
    <message>
        <source>not there</source>
        <translation>ikke der</translation>
    </message>
    <message>
        <source>This computer, devices over adb, and recordings that play their part</source>
        <translation>Denne datamaskinen, enheter over adb, og opptak som spiller deres rolle</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::DevicesView</name>
    <message>
        <source>Remove from the list</source>
        <translation>Fjern fra listen</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Se igjen</translation>
    </message>
    <message>
        <source>Only a device that is ready can run.</source>
        <translation>Bare en enhet som er klar, kan kjøre.</translation>
    </message>
    <message>
        <source>Counters of %1</source>
        <translation>Tellere på %1</translation>
    </message>
    <message>
        <source>Drop a recording (.nrs) here to replay it as a device.</source>
        <translation>Slipp et opptak (.nrs) her for å spille det av som en enhet.</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>denne maskinen</translation>
    </message>
    <message>
        <source>%1 of %2 available</source>
        <translation>%1 av %2 tilgjengelig</translation>
    </message>
    <message>
        <source>This device has no counters.</source>
        <translation>Denne enheten har ingen tellere.</translation>
    </message>
    <message>
        <source>Reading the recording.</source>
        <translation>Leser opptaket.</translation>
    </message>
    <message>
        <source>The recording holds no counters.</source>
        <translation>Opptaket har ingen tellere.</translation>
    </message>
    <message>
        <source>recorded</source>
        <translation>tatt opp</translation>
    </message>
    <message>
        <source>%1 per second</source>
        <translation>%1 i sekundet</translation>
    </message>
    <message>
        <source>Paused while a run measures: reading would disturb it. The timeline shows the run&apos;s own counters.</source>
        <translation>Satt på pause mens en kjøring måler: lesing ville forstyrre den. Tidslinjen viser kjøringens egne tellere.</translation>
    </message>
    <message>
        <source>paused while a run measures</source>
        <translation>pause mens en kjøring måler</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Detaljer</translation>
    </message>
    <message>
        <source>Replay</source>
        <translation>Avspilling</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Fjern</translation>
    </message>
    <message>
        <source>Use for Run</source>
        <translation>Bruk for Kjør</translation>
    </message>
    <message>
        <source>Original speed</source>
        <translation>Opprinnelig fart</translation>
    </message>
    <message>
        <source>Full speed</source>
        <translation>Full fart</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Enheter</translation>
    </message>
    <message>
        <source>Add recordings</source>
        <translation>Legg til opptak</translation>
    </message>
    <message>
        <source>Recordings (*.nrs)</source>
        <translation>Opptak (*.nrs)</translation>
    </message>
    <message>
        <source>Counters</source>
        <translation>Tellere</translation>
    </message>
    <message>
        <source>Run settings</source>
        <translation>Kjøreinnstillinger</translation>
    </message>
    <message>
        <source>A recording brings its own length, threads and profiling.</source>
        <translation>Et opptak har sin egen lengde, tråder og profilering.</translation>
    </message>
    <message>
        <source>Add device</source>
        <translation>Legg til enhet</translation>
    </message>
    <message>
        <source>A device whose adb listens on the network: after &quot;adb tcpip 5555&quot;, or with wireless debugging. Devices of a running adb server are listed by themselves.</source>
        <translation>En enhet med adb som lytter på nettverket: etter «adb tcpip 5555», eller med trådløs feilsøking. Enheter hos en adb-tjener som kjører, vises av seg selv.</translation>
    </message>
    <message>
        <source>Address, HOST or HOST:PORT</source>
        <translation>Adresse, VERT eller VERT:PORT</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Legg til</translation>
    </message>
    <message>
        <source>Rename device</source>
        <translation>Gi enheten nytt navn</translation>
    </message>
    <message>
        <source>Empty: the device&apos;s own name.</source>
        <translation>Tomt: enhetens eget navn.</translation>
    </message>
    <message>
        <source>Name in this list</source>
        <translation>Navn i denne lista</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>Gi nytt navn</translation>
    </message>
    <message>
        <source>Reading the counters of %1.</source>
        <translation>Leser tellerne til %1.</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>Gi nytt navn…</translation>
    </message>
    <message>
        <source>Device…</source>
        <translation>Enhet…</translation>
    </message>
    <message>
        <source>Recording…</source>
        <translation>Opptak…</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::DifferencesModel</name>
    <message>
        <source>Setting</source>
        <translation>Innstilling</translation>
    </message>
    <message>
        <source>Effect</source>
        <translation>Virkning</translation>
    </message>
    <message>
        <source>weakens the comparison</source>
        <translation>svekker sammenligningen</translation>
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
    <name>nordlys::studio::DownstreamModel</name>
    <message>
        <source>Downstream, dB</source>
        <translation>Nedstrøms, dB</translation>
    </message>
    <message>
        <source>local</source>
        <translation>lokal</translation>
    </message>
    <message>
        <source>inherited</source>
        <translation>arvet</translation>
    </message>
    <message>
        <source>total</source>
        <translation>samlet</translation>
    </message>
    <message>
        <source>was</source>
        <translation>var</translation>
    </message>
    <message>
        <source>Noise</source>
        <translation>Støy</translation>
    </message>
    <message>
        <source>The selected tensor and all that is computed from it, in the model&apos;s order</source>
        <translation>Den valgte tensoren og alt som beregnes fra den, i modellens rekkefølge</translation>
    </message>
    <message>
        <source>SQNR after this tensor&apos;s own quantization alone, in dB</source>
        <translation>SQNR etter bare denne tensorens egen kvantisering, i dB</translation>
    </message>
    <message>
        <source>SQNR from the errors of what it is computed from, in dB: noise of the total less the local noise</source>
        <translation>SQNR fra feilene i det den beregnes fra, i dB: samlet støy minus lokal støy</translation>
    </message>
    <message>
        <source>SQNR of the quantized model&apos;s values, in dB</source>
        <translation>SQNR for den kvantiserte modellens verdier, i dB</translation>
    </message>
    <message>
        <source>Total before the edit, in dB</source>
        <translation>Samlet før endringen, i dB</translation>
    </message>
    <message>
        <source>Noise relative to the signal, one scale for all rows: local, then inherited; the dashed mark is the total before the edit</source>
        <translation>Støy i forhold til signalet, én skala for alle rader: lokal, så arvet; det stiplede merket er det samlede før endringen</translation>
    </message>
    <message>
        <source>local %1, inherited %2, total %3, was %4</source>
        <translation>lokal %1, arvet %2, samlet %3, var %4</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::EditHistory</name>
    <message>
        <source>Undo: %1</source>
        <translation>Angre: %1</translation>
    </message>
    <message>
        <source>Edits during saving</source>
        <translation>Endringer under lagring</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::EncodingsModel</name>
    <message>
        <source>activation</source>
        <translation>aktivering</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>vekt</translation>
    </message>
    <message>
        <source>bias</source>
        <translation>skjevhet</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>Tensor</translation>
    </message>
    <message>
        <source>Activation, weight or bias</source>
        <translation>Aktivering, vekt eller skjevhet</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Type</translation>
    </message>
    <message>
        <source>Bits of a code: 4, 8 or 16 (biases 32)</source>
        <translation>Biter i en kode: 4, 8 eller 16 (skjevheter 32)</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>Biter</translation>
    </message>
    <message>
        <source>Real value of the first code</source>
        <translation>Reell verdi for den første koden</translation>
    </message>
    <message>
        <source>Min</source>
        <translation>Min</translation>
    </message>
    <message>
        <source>Real value of the last code</source>
        <translation>Reell verdi for den siste koden</translation>
    </message>
    <message>
        <source>Max</source>
        <translation>Maks</translation>
    </message>
    <message>
        <source>Real distance of two codes: real = scale × (code − zero point)</source>
        <translation>Reell avstand mellom to koder: reell = skala × (kode − nullpunkt)</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Skala</translation>
    </message>
    <message>
        <source>Zero point: the code of zero</source>
        <translation>Nullpunkt: koden for null</translation>
    </message>
    <message>
        <source>Zero pt</source>
        <translation>Nullpkt</translation>
    </message>
    <message>
        <source>Symmetric around zero, or asymmetric</source>
        <translation>Symmetrisk om null, eller asymmetrisk</translation>
    </message>
    <message>
        <source>Grid</source>
        <translation>Rutenett</translation>
    </message>
    <message>
        <source>Tensors that share one encoding; they change together</source>
        <translation>Tensorer som deler én koding; de endres sammen</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Gruppe</translation>
    </message>
    <message>
        <source>Smallest and largest value during calibration</source>
        <translation>Minste og største verdi under kalibreringen</translation>
    </message>
    <message>
        <source>Range seen</source>
        <translation>Sett område</translation>
    </message>
    <message>
        <source>Signal to quantization noise of this tensor&apos;s own rounding, inputs exact</source>
        <translation>Signal mot kvantiseringsstøy fra tensorens egen avrunding, med eksakte innganger</translation>
    </message>
    <message>
        <source>Local dB</source>
        <translation>Lokal dB</translation>
    </message>
    <message>
        <source>Signal to quantization noise with everything before it quantized too</source>
        <translation>Signal mot kvantiseringsstøy når også alt før den er kvantisert</translation>
    </message>
    <message>
        <source>Total dB</source>
        <translation>Samlet dB</translation>
    </message>
    <message>
        <source>Share of the values outside min to max</source>
        <translation>Andel av verdiene utenfor min til maks</translation>
    </message>
    <message>
        <source>Clip %</source>
        <translation>Klipp %</translation>
    </message>
    <message>
        <source>derived</source>
        <translation>avledet</translation>
    </message>
    <message>
        <source>%1 blocks</source>
        <translation>%1 blokker</translation>
    </message>
    <message>
        <source>per block</source>
        <translation>per blokk</translation>
    </message>
    <message>
        <source>%1 ch</source>
        <translation>%1 kan.</translation>
    </message>
    <message>
        <source>per ch</source>
        <translation>per kan.</translation>
    </message>
    <message>
        <source>symmetric</source>
        <translation>symmetrisk</translation>
    </message>
    <message>
        <source>asymmetric</source>
        <translation>asymmetrisk</translation>
    </message>
    <message>
        <source>The plan does not store this tensor.</source>
        <translation>Planen lagrer ikke denne tensoren.</translation>
    </message>
    <message>
        <source>Not evaluated yet.</source>
        <translation>Ikke evaluert ennå.</translation>
    </message>
    <message>
        <source>This is not a number.</source>
        <translation>Dette er ikke et tall.</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 av %2</translation>
    </message>
    <message>
        <source>Name in the model, with the state of its encoding: rule broken, advice, locked, changed</source>
        <translation>Navn i modellen, med kodingens tilstand: brutt regel, råd, låst, endret</translation>
    </message>
    <message>
        <source>Real values of the first and the last code</source>
        <translation>Reelle verdier for første og siste kode</translation>
    </message>
    <message>
        <source>Range encoded</source>
        <translation>Kodet område</translation>
    </message>
    <message>
        <source>Signal to the noise that comes from the tensors before it, in dB: total noise less the tensor&apos;s own</source>
        <translation>Signal mot støyen fra tensorene foran, i dB: samlet støy minus tensorens egen</translation>
    </message>
    <message>
        <source>Inherited</source>
        <translation>Arvet</translation>
    </message>
    <message>
        <source>Codes of the grid that no value becomes</source>
        <translation>Koder i rutenettet som ingen verdi får</translation>
    </message>
    <message>
        <source>Dead</source>
        <translation>Døde</translation>
    </message>
    <message>
        <source>Noise relative to the signal: the tensor&apos;s own above, inherited below, one scale for all rows</source>
        <translation>Støy i forhold til signalet: tensorens egen øverst, arvet nederst, én skala for alle rader</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Feil</translation>
    </message>
    <message>
        <source>Locked: no edit and no calibration changes it.</source>
        <translation>Låst: ingen redigering og ingen kalibrering endrer den.</translation>
    </message>
    <message>
        <source>Changed; was %1 bit, %2</source>
        <translation>Endret; var %1 bit, %2</translation>
    </message>
    <message>
        <source>was %1 bit, %2</source>
        <translation>var %1 bit, %2</translation>
    </message>
    <message>
        <source>local %1 dB, inherited %2 dB</source>
        <translation>lokal %1 dB, arvet %2 dB</translation>
    </message>
    <message>
        <source>was %1 dB</source>
        <translation>var %1 dB</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::EncodingsView</name>
    <message>
        <source>Encodings</source>
        <translation>Kodinger</translation>
    </message>
    <message>
        <source>No tensors to encode. Open a model.</source>
        <translation>Ingen tensorer å kode. Åpne en modell.</translation>
    </message>
    <message>
        <source>Nothing changed: %1</source>
        <translation>Ingenting ble endret: %1</translation>
    </message>
    <message>
        <source>Revert to calibrated</source>
        <translation>Tilbake til kalibrert</translation>
    </message>
    <message>
        <source>%1: SQNR %2</source>
        <translation>%1: SQNR %2</translation>
    </message>
    <message>
        <source>top-1 %1 float, %2 quantized, agreement %3</source>
        <translation>topp-1 %1 flyttall, %2 kvantisert, samsvar %3</translation>
    </message>
    <message>
        <source>n=%1 samples</source>
        <translation>n=%1 eksempler</translation>
    </message>
    <message>
        <source>Not evaluated yet. Evaluate shows the error of every tensor.</source>
        <translation>Ikke evaluert ennå. Evaluer viser feilen for hver tensor.</translation>
    </message>
    <message>
        <source>Calibrate gives every tensor its range and grid.</source>
        <translation>Kalibrer gir hver tensor et område og et rutenett.</translation>
    </message>
    <message>
        <source>&amp;Lock or unlock selected tensors</source>
        <translation>&amp;Lås eller lås opp valgte tensorer</translation>
    </message>
    <message>
        <source>A locked encoding is changed by no edit and no calibration</source>
        <translation>En låst koding endres verken av redigering eller kalibrering</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Mer</translation>
    </message>
    <message>
        <source>Further commands for encodings</source>
        <translation>Flere kommandoer for kodinger</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Kolonner</translation>
    </message>
    <message>
        <source>row order held while editing</source>
        <translation>radene holdes på plass under redigering</translation>
    </message>
    <message>
        <source>Rows keep their places, whatever their numbers become. Click to sort them again.</source>
        <translation>Radene blir der de er, uansett hva tallene blir. Klikk for å sortere på nytt.</translation>
    </message>
    <message>
        <source>Select tensors first.</source>
        <translation>Velg tensorer først.</translation>
    </message>
    <message>
        <source>There are no encodings yet.</source>
        <translation>Det finnes ingen kodinger ennå.</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 av %2</translation>
    </message>
    <message>
        <source>%1 since checkpoint</source>
        <translation>%1 siden sjekkpunktet</translation>
    </message>
    <message>
        <source>%1 of %2 samples</source>
        <translation>%1 av %2 eksempler</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::ErrorBar</name>
    <message>
        <source>Dismiss</source>
        <translation>Lukk</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::EvaluateDialog</name>
    <message>
        <source>Evaluate</source>
        <translation>Evaluer</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::ExportReportDialog</name>
    <message>
        <source>Graph with heat</source>
        <translation>Graf med varmekart</translation>
    </message>
    <message>
        <source>Encodings</source>
        <translation>Kodinger</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Nøyaktighet</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Eksporter</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Avbryt</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Velg …</translation>
    </message>
    <message>
        <source>Export report</source>
        <translation>Eksporter rapport</translation>
    </message>
    <message>
        <source>Stopped. Nothing was written.</source>
        <translation>Stoppet. Ingenting ble skrevet.</translation>
    </message>
    <message>
        <source>HTML, one file that opens offline</source>
        <translation>HTML, én fil som åpnes uten nett</translation>
    </message>
    <message>
        <source>PDF, for paper</source>
        <translation>PDF, for papir</translation>
    </message>
    <message>
        <source>JSON, everything as data</source>
        <translation>JSON, alt som data</translation>
    </message>
    <message>
        <source>CSV, the layer table</source>
        <translation>CSV, tabellen over lag</translation>
    </message>
    <message>
        <source>made from model and device</source>
        <translation>lages av modell og enhet</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Fil</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Tittel</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Kjøring</translation>
    </message>
    <message>
        <source>Compared with</source>
        <translation>Sammenlignet med</translation>
    </message>
    <message>
        <source>Includes</source>
        <translation>Innhold</translation>
    </message>
    <message>
        <source>no run</source>
        <translation>ingen kjøring</translation>
    </message>
    <message>
        <source>no other run</source>
        <translation>ingen annen kjøring</translation>
    </message>
    <message>
        <source>HTML (*.html)</source>
        <translation>HTML (*.html)</translation>
    </message>
    <message>
        <source>PDF (*.pdf)</source>
        <translation>PDF (*.pdf)</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>CSV (*.csv)</source>
        <translation>CSV (*.csv)</translation>
    </message>
    <message>
        <source>not in a table of layers</source>
        <translation>ikke i en tabell over lag</translation>
    </message>
    <message>
        <source>in HTML only</source>
        <translation>bare i HTML</translation>
    </message>
    <message>
        <source>no model is open</source>
        <translation>ingen modell er åpen</translation>
    </message>
    <message>
        <source>there are none yet</source>
        <translation>det finnes ingen ennå</translation>
    </message>
    <message>
        <source>nothing was evaluated yet</source>
        <translation>ingenting er evaluert ennå</translation>
    </message>
    <message>
        <source>Choose a file.</source>
        <translation>Velg en fil.</translation>
    </message>
    <message>
        <source>The name must end in .html, .pdf, .json or .csv.</source>
        <translation>Navnet må slutte på .html, .pdf, .json eller .csv.</translation>
    </message>
    <message>
        <source>There is no folder %1.</source>
        <translation>Mappen %1 finnes ikke.</translation>
    </message>
    <message>
        <source>%1 is a folder.</source>
        <translation>%1 er en mappe.</translation>
    </message>
    <message>
        <source>Choose a run: there is no model to report on.</source>
        <translation>Velg en kjøring: det finnes ingen modell å rapportere om.</translation>
    </message>
    <message>
        <source>A run cannot be compared with itself.</source>
        <translation>En kjøring kan ikke sammenlignes med seg selv.</translation>
    </message>
    <message>
        <source>The file is there already and will be replaced.</source>
        <translation>Filen finnes fra før og blir erstattet.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Lukk</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Starter</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>Stopper</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::ExportStatus</name>
    <message>
        <source>Open</source>
        <translation>Åpne</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Vis i mappen</translation>
    </message>
    <message>
        <source>No program is set up for such files. It is %1.</source>
        <translation>Det er ikke satt opp noe program for slike filer. Den er %1.</translation>
    </message>
    <message>
        <source>No file manager is set up. The file is %1.</source>
        <translation>Det er ikke satt opp noen filbehandler. Filen er %1.</translation>
    </message>
    <message>
        <source>Written: %1, %2</source>
        <translation>Skrevet: %1, %2</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::FileWatch</name>
    <message>
        <source>%1 is gone from the disk. Saving writes it anew.</source>
        <translation>%1 er borte fra disken. Lagring skriver den på nytt.</translation>
    </message>
    <message>
        <source>%1 was changed by another program</source>
        <translation>%1 ble endret av et annet program</translation>
    </message>
    <message>
        <source>Reloading keeps your unsaved edits, on top of what the file holds now.</source>
        <translation>Ny innlasting beholder de ulagrede endringene dine, oppå det filen nå inneholder.</translation>
    </message>
    <message>
        <source>Reloading shows what the file holds now.</source>
        <translation>Ny innlasting viser det filen nå inneholder.</translation>
    </message>
    <message>
        <source>%1 is gone from the disk. Put it back before you build or save.</source>
        <translation>%1 er borte fra disken. Legg den tilbake før du bygger eller lagrer.</translation>
    </message>
    <message>
        <source>Reloading keeps all edits whose operators and tensors are still there by name.</source>
        <translation>Ny innlasting beholder alle endringer der operatorer og tensorer fortsatt finnes ved navn.</translation>
    </message>
    <message>
        <source>Reload</source>
        <translation>Last inn på nytt</translation>
    </message>
    <message>
        <source>Keep what is open</source>
        <translation>Behold det som er åpent</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::GraphCanvas</name>
    <message>
        <source>Graph</source>
        <translation>Graf</translation>
    </message>
    <message>
        <source>Arrow keys go from operator to operator. The layers table shows the same as rows.</source>
        <translation>Piltastene går fra operator til operator. Lagtabellen viser det samme som rader.</translation>
    </message>
    <message>
        <source>fused into %1</source>
        <translation>slått sammen med %1</translation>
    </message>
    <message>
        <source>%1 p50, %2 of all layers, n=%3, run %4</source>
        <translation>%1 p50, %2 av alle lag, n=%3, kjøring %4</translation>
    </message>
    <message>
        <source>SQNR %1 total, %2 local</source>
        <translation>SQNR %1 samlet, %2 lokal</translation>
    </message>
    <message>
        <source>%1, output %2, %3</source>
        <translation>%1, utgang %2, %3</translation>
    </message>
    <message>
        <source>Not on HTP: %1</source>
        <translation>Ikke på HTP: %1</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::GraphLegend</name>
    <message>
        <source>Click to change the metric</source>
        <translation>Klikk for å bytte måltall</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::GraphMinimap</name>
    <message>
        <source>Overview of the graph</source>
        <translation>Oversikt over grafen</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::GraphView</name>
    <message>
        <source>Automatic</source>
        <translation>Automatisk</translation>
    </message>
    <message>
        <source>Time share</source>
        <translation>Tidsandel</translation>
    </message>
    <message>
        <source>MACs</source>
        <translation>MAC</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Vekter</translation>
    </message>
    <message>
        <source>SQNR, total</source>
        <translation>SQNR, samlet</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Ingen</translation>
    </message>
    <message>
        <source>SQNR, local</source>
        <translation>SQNR, lokal</translation>
    </message>
    <message>
        <source>Encodings, shapes</source>
        <translation>Kodinger, former</translation>
    </message>
    <message>
        <source>Encodings</source>
        <translation>Kodinger</translation>
    </message>
    <message>
        <source>Shapes</source>
        <translation>Former</translation>
    </message>
    <message>
        <source>Fill</source>
        <translation>Fyll</translation>
    </message>
    <message>
        <source>Border</source>
        <translation>Ramme</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>Merker</translation>
    </message>
    <message>
        <source>Find op or tensor  /</source>
        <translation>Finn operator eller tensor  /</translation>
    </message>
    <message>
        <source>Find op or tensor</source>
        <translation>Finn operator eller tensor</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Tilpass</translation>
    </message>
    <message>
        <source>Show the whole graph (F)</source>
        <translation>Vis hele grafen (F)</translation>
    </message>
    <message>
        <source>nothing found</source>
        <translation>ingenting funnet</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 av %2</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::HistogramPlot</name>
    <message>
        <source>SQNR here over max</source>
        <translation>SQNR her over maks</translation>
    </message>
    <message>
        <source>min %1</source>
        <translation>min %1</translation>
    </message>
    <message>
        <source>max %1</source>
        <translation>maks %1</translation>
    </message>
    <message>
        <source>Histogram</source>
        <translation>Histogram</translation>
    </message>
    <message>
        <source>Histogram of %1</source>
        <translation>Histogram for %1</translation>
    </message>
    <message>
        <source>no range</source>
        <translation>ikke noe område</translation>
    </message>
    <message>
        <source>min %1, max %2</source>
        <translation>min %1, maks %2</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Click takes this range.</source>
        <translation>Klikk tar dette området.</translation>
    </message>
    <message>
        <source>Drag, or move with the arrow keys: one step, with Shift ten.</source>
        <translation>Dra, eller flytt med piltastene: ett trinn, med Shift ti.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::ImprovePage</name>
    <message>
        <source>Again…</source>
        <translation>På nytt …</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>Følsomhet</translation>
    </message>
    <message>
        <source>Mixed precision</source>
        <translation>Blandet presisjon</translation>
    </message>
    <message>
        <source>Equalize</source>
        <translation>Utjevn</translation>
    </message>
    <message>
        <source>Bias correction</source>
        <translation>Skjevhetskorreksjon</translation>
    </message>
    <message>
        <source>No layer matches the filter.</source>
        <translation>Ingen lag passer med filteret.</translation>
    </message>
    <message>
        <source>Which layers cost most when they are quantized, and what leaving each in float would gain.</source>
        <translation>Hvilke lag som koster mest når de kvantiseres, og hva en ville vinne på å la hvert være flyttall.</translation>
    </message>
    <message>
        <source>Which layers are worth 16 bit or float within a budget, as a front of cost against quality.</source>
        <translation>Hvilke lag som er verdt 16 biter eller flyttall innenfor et budsjett, som en front av kostnad mot kvalitet.</translation>
    </message>
    <message>
        <source>A new model whose neighbouring layers share their channel ranges, so that one grid fits all channels.</source>
        <translation>En ny modell der nabolag deler kanalområdene sine, slik at ett rutenett passer for alle kanaler.</translation>
    </message>
    <message>
        <source>A new model whose biases give back what quantized weights shift.</source>
        <translation>En ny modell der skjevhetene gir tilbake det kvantiserte vekter forskyver.</translation>
    </message>
    <message>
        <source>%1…</source>
        <translation>%1 …</translation>
    </message>
    <message>
        <source>Calibrate…</source>
        <translation>Kalibrer …</translation>
    </message>
    <message>
        <source>Open a model first.</source>
        <translation>Åpne en modell først.</translation>
    </message>
    <message>
        <source>There are no encodings yet. Calibrate first.</source>
        <translation>Det finnes ingen kodinger ennå. Kalibrer først.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::ImprovePanel</name>
    <message>
        <source>Improvement tools</source>
        <translation>Forbedringsverktøy</translation>
    </message>
    <message>
        <source>Close the results; they stay until another model is opened</source>
        <translation>Lukk resultatene; de blir værende til en annen modell åpnes</translation>
    </message>
    <message>
        <source>Close the results</source>
        <translation>Lukk resultatene</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::Improver</name>
    <message>
        <source>Measuring sensitivity</source>
        <translation>Måler følsomhet</translation>
    </message>
    <message>
        <source>Searching mixed precision</source>
        <translation>Søker blandet presisjon</translation>
    </message>
    <message>
        <source>Equalizing</source>
        <translation>Utjevner</translation>
    </message>
    <message>
        <source>Correcting biases</source>
        <translation>Korrigerer skjevheter</translation>
    </message>
    <message>
        <source>%1 left in float</source>
        <translation>%1 latt være flyttall</translation>
    </message>
    <message>
        <source>%1 raised to 16 bit</source>
        <translation>%1 hevet til 16 biter</translation>
    </message>
    <message>
        <source>mixed precision, %1 at %2 of the cost</source>
        <translation>blandet presisjon, %1 til %2 av kostnaden</translation>
    </message>
    <message>
        <source>Nothing changed: these layers are that wide already, or locked.</source>
        <translation>Ingenting endret: disse lagene er allerede så brede, eller låst.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::Inspector</name>
    <message>
        <source>Nothing open</source>
        <translation>Ingenting er åpent</translation>
    </message>
    <message>
        <source>Open a model to see its operators here.</source>
        <translation>Åpne en modell for å se operatorene her.</translation>
    </message>
    <message>
        <source>Select an operator or a tensor for details.</source>
        <translation>Velg en operator eller tensor for detaljer.</translation>
    </message>
    <message>
        <source>Operators</source>
        <translation>Operatorer</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parametere</translation>
    </message>
    <message>
        <source>MACs</source>
        <translation>MAC</translation>
    </message>
    <message>
        <source>Producer</source>
        <translation>Laget av</translation>
    </message>
    <message>
        <source>Opset</source>
        <translation>Opset</translation>
    </message>
    <message>
        <source>Cannot run</source>
        <translation>Kan ikke kjøres</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>Innganger</translation>
    </message>
    <message>
        <source>Outputs</source>
        <translation>Utganger</translation>
    </message>
    <message>
        <source>Operator types</source>
        <translation>Operatortyper</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Tid</translation>
    </message>
    <message>
        <source>no layer of its own</source>
        <translation>ikke noe eget lag</translation>
    </message>
    <message>
        <source>folded or removed</source>
        <translation>foldet eller fjernet</translation>
    </message>
    <message>
        <source>Fused into</source>
        <translation>Slått sammen med</translation>
    </message>
    <message>
        <source>Time p50</source>
        <translation>Tid p50</translation>
    </message>
    <message>
        <source>p95</source>
        <translation>p95</translation>
    </message>
    <message>
        <source>p99</source>
        <translation>p99</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>Andel</translation>
    </message>
    <message>
        <source>of all layers</source>
        <translation>av alle lag</translation>
    </message>
    <message>
        <source>Kernel</source>
        <translation>Kjerne</translation>
    </message>
    <message>
        <source>not run yet</source>
        <translation>ikke kjørt ennå</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Vekter</translation>
    </message>
    <message>
        <source>Reads</source>
        <translation>Leser</translation>
    </message>
    <message>
        <source>activations</source>
        <translation>aktiveringer</translation>
    </message>
    <message>
        <source>Writes</source>
        <translation>Skriver</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kostnad</translation>
    </message>
    <message>
        <source>Attributes</source>
        <translation>Attributter</translation>
    </message>
    <message>
        <source>Encoding</source>
        <translation>Koding</translation>
    </message>
    <message>
        <source>symmetric</source>
        <translation>symmetrisk</translation>
    </message>
    <message>
        <source>asymmetric</source>
        <translation>asymmetrisk</translation>
    </message>
    <message>
        <source>Channels</source>
        <translation>Kanaler</translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation>Blokker</translation>
    </message>
    <message>
        <source>%1 each, axis %2</source>
        <translation>%1 hver, akse %2</translation>
    </message>
    <message>
        <source>axis %1</source>
        <translation>akse %1</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Skala</translation>
    </message>
    <message>
        <source>Range</source>
        <translation>Område</translation>
    </message>
    <message>
        <source>Zero point</source>
        <translation>Nullpunkt</translation>
    </message>
    <message>
        <source>n=%1 samples</source>
        <translation>n=%1 eksempler</translation>
    </message>
    <message>
        <source>SQNR, local</source>
        <translation>SQNR, lokal</translation>
    </message>
    <message>
        <source>&lt; %1 dB</source>
        <translation>&lt; %1 dB</translation>
    </message>
    <message>
        <source>Clipped</source>
        <translation>Klippet</translation>
    </message>
    <message>
        <source>SQNR, total</source>
        <translation>SQNR, samlet</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>vekt</translation>
    </message>
    <message>
        <source>model input</source>
        <translation>modellinngang</translation>
    </message>
    <message>
        <source>model output</source>
        <translation>modellutgang</translation>
    </message>
    <message>
        <source>activation</source>
        <translation>aktivering</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Type</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>Made by</source>
        <translation>Laget av</translation>
    </message>
    <message>
        <source>Read by</source>
        <translation>Leses av</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>Tensor</translation>
    </message>
    <message>
        <source>Range seen</source>
        <translation>Sett område</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>Kalibrering</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Feil</translation>
    </message>
    <message>
        <source>current: %1</source>
        <translation>gjeldende: %1</translation>
    </message>
    <message>
        <source>mixed</source>
        <translation>blandet</translation>
    </message>
    <message>
        <source>Sum</source>
        <translation>Sum</translation>
    </message>
    <message>
        <source>In common</source>
        <translation>Felles</translation>
    </message>
    <message>
        <source>Share of time</source>
        <translation>Andel av tid</translation>
    </message>
    <message>
        <source>%1 of the model</source>
        <translation>%1 av modellen</translation>
    </message>
    <message>
        <source>none</source>
        <translation>ingen</translation>
    </message>
    <message>
        <source>Operator</source>
        <translation>Operator</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Utdata</translation>
    </message>
    <message>
        <source>Backend</source>
        <translation>Backend</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::JobStrip</name>
    <message>
        <source>Cancel</source>
        <translation>Avbryt</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 av %2</translation>
    </message>
    <message>
        <source>%1 s left</source>
        <translation>%1 s igjen</translation>
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
    <name>nordlys::studio::LayersModel</name>
    <message>
        <source>Layer of the built model, or operator before a run</source>
        <translation>Lag i den bygde modellen, eller operator før en kjøring</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Lag</translation>
    </message>
    <message>
        <source>Operator, with what was fused into it</source>
        <translation>Operator, med det som ble slått sammen med den</translation>
    </message>
    <message>
        <source>Op</source>
        <translation>Operator</translation>
    </message>
    <message>
        <source>Kernel that the plan chose</source>
        <translation>Kjernen som planen valgte</translation>
    </message>
    <message>
        <source>Kernel</source>
        <translation>Kjerne</translation>
    </message>
    <message>
        <source>Median time of one inference</source>
        <translation>Median tid for én inferens</translation>
    </message>
    <message>
        <source>p50</source>
        <translation>p50</translation>
    </message>
    <message>
        <source>95 % of the inferences are not slower</source>
        <translation>95 % av inferensene er ikke tregere</translation>
    </message>
    <message>
        <source>p95</source>
        <translation>p95</translation>
    </message>
    <message>
        <source>99 % of the inferences are not slower</source>
        <translation>99 % av inferensene er ikke tregere</translation>
    </message>
    <message>
        <source>p99</source>
        <translation>p99</translation>
    </message>
    <message>
        <source>Share of the sum of all layers&apos; mean times</source>
        <translation>Andel av summen av alle lags middeltider</translation>
    </message>
    <message>
        <source>Share of time</source>
        <translation>Andel av tiden</translation>
    </message>
    <message>
        <source>Share of all multiplications; run the model to see times</source>
        <translation>Andel av alle multiplikasjoner; kjør modellen for å se tider</translation>
    </message>
    <message>
        <source>Share of MACs</source>
        <translation>Andel av MAC</translation>
    </message>
    <message>
        <source>Multiplications with addition in one inference</source>
        <translation>Multiplikasjoner med addisjon i én inferens</translation>
    </message>
    <message>
        <source>MACs</source>
        <translation>MAC</translation>
    </message>
    <message>
        <source>Bytes of the weights that it reads</source>
        <translation>Byte med vekter som den leser</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>Vekter</translation>
    </message>
    <message>
        <source>Shape of its first output</source>
        <translation>Formen på den første utgangen</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Utgang</translation>
    </message>
    <message>
        <source>Inferences behind the times</source>
        <translation>Inferenser bak tidene</translation>
    </message>
    <message>
        <source>n</source>
        <translation>n</translation>
    </message>
    <message>
        <source>n=%1, need %2</source>
        <translation>n=%1, trenger %2</translation>
    </message>
    <message>
        <source>Totals of groups</source>
        <translation>Summer for grupper</translation>
    </message>
    <message>
        <source>no operator</source>
        <translation>ingen operator</translation>
    </message>
    <message>
        <source>one segment</source>
        <translation>ett segment</translation>
    </message>
    <message>
        <source>Backend that executed it</source>
        <translation>Backenden som utførte det</translation>
    </message>
    <message>
        <source>Backend</source>
        <translation>Backend</translation>
    </message>
    <message>
        <source>Half of the 95 % interval of the median</source>
        <translation>Halvparten av 95 %-intervallet for medianen</translation>
    </message>
    <message>
        <source>Fastest inference</source>
        <translation>Raskeste inferens</translation>
    </message>
    <message>
        <source>min</source>
        <translation>min</translation>
    </message>
    <message>
        <source>Mean time of one inference</source>
        <translation>Snittid for én inferens</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>snitt</translation>
    </message>
    <message>
        <source>Slowest inference</source>
        <translation>Tregeste inferens</translation>
    </message>
    <message>
        <source>max</source>
        <translation>maks</translation>
    </message>
    <message>
        <source>Whether the times can be relied on</source>
        <translation>Om tidene er til å stole på</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Vurdering</translation>
    </message>
    <message>
        <source>Of the sum of its layers in each inference</source>
        <translation>Av summen av lagene i hver inferens</translation>
    </message>
    <message>
        <source>Known when the run has ended</source>
        <translation>Kjent når kjøringen er ferdig</translation>
    </message>
    <message>
        <source>An interval needs at least 6 samples that differ.</source>
        <translation>Et intervall trenger minst 6 ulike målinger.</translation>
    </message>
    <message>
        <source>segment %1, %2</source>
        <translation>segment %1, %2</translation>
    </message>
    <message>
        <source>%1, emulated on the CPU: its times are not those of the device</source>
        <translation>%1, emulert på CPU-en: tidene er ikke enhetens</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::LayersPanel</name>
    <message>
        <source>Layers</source>
        <translation>Lag</translation>
    </message>
    <message>
        <source>No layers yet. Open a model or a recording.</source>
        <translation>Ingen lag ennå. Åpne en modell eller et opptak.</translation>
    </message>
    <message>
        <source>Layers in range</source>
        <translation>Lag i området</translation>
    </message>
    <message>
        <source>%1 of %2 layers</source>
        <translation>%1 av %2 lag</translation>
    </message>
    <message>
        <source>run %1</source>
        <translation>kjøring %1</translation>
    </message>
    <message>
        <source>range %1</source>
        <translation>område %1</translation>
    </message>
    <message>
        <source>n=%1 inferences</source>
        <translation>n=%1 inferenser</translation>
    </message>
    <message>
        <source>no run yet: shares are of MACs</source>
        <translation>ingen kjøring ennå: andelene gjelder MAC</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>Kjør igjen</translation>
    </message>
    <message>
        <source>Group rows</source>
        <translation>Grupper rader</translation>
    </message>
    <message>
        <source>Group rows; each group has its own total</source>
        <translation>Grupper rader; hver gruppe har sin egen sum</translation>
    </message>
    <message>
        <source>Not grouped</source>
        <translation>Ikke gruppert</translation>
    </message>
    <message>
        <source>By op</source>
        <translation>Etter operator</translation>
    </message>
    <message>
        <source>By segment</source>
        <translation>Etter segment</translation>
    </message>
    <message>
        <source>Columns and copying</source>
        <translation>Kolonner og kopiering</translation>
    </message>
    <message>
        <source>Show in the graph</source>
        <translation>Vis i grafen</translation>
    </message>
    <message>
        <source>Close all groups</source>
        <translation>Lukk alle grupper</translation>
    </message>
    <message>
        <source>Open all groups</source>
        <translation>Åpne alle grupper</translation>
    </message>
    <message>
        <source>Usual columns</source>
        <translation>Vanlige kolonner</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::LiveMetrics</name>
    <message>
        <source>Opening samples</source>
        <translation>Åpner eksempler</translation>
    </message>
    <message>
        <source>Open a model first.</source>
        <translation>Åpne en modell først.</translation>
    </message>
    <message>
        <source>There are no samples. Calibrate or evaluate to choose some.</source>
        <translation>Det finnes ingen eksempler. Kalibrer eller evaluer for å velge noen.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::MainWindow</name>
    <message>
        <source>Timeline</source>
        <translation>Tidslinje</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Lag</translation>
    </message>
    <message>
        <source>This computer: %1</source>
        <translation>Denne datamaskinen: %1</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>Inspektør</translation>
    </message>
    <message>
        <source>Nordlys Studio</source>
        <translation>Nordlys Studio</translation>
    </message>
    <message>
        <source>%1[*] – Nordlys Studio</source>
        <translation>%1[*] – Nordlys Studio</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>Ikke lagret</translation>
    </message>
    <message>
        <source>No changes</source>
        <translation>Ingen endringer</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>Lagret</translation>
    </message>
    <message>
        <source>%1, %2 parameters, opened in %3, laid out in %4</source>
        <translation>%1, %2 parametere, åpnet på %3, tegnet på %4</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>&amp;Åpne …</translation>
    </message>
    <message>
        <source>Open &amp;recording…</source>
        <translation>Åpne &amp;opptak …</translation>
    </message>
    <message>
        <source>Recordings (*.nrs)</source>
        <translation>Opptak (*.nrs)</translation>
    </message>
    <message>
        <source>Open the &amp;sample</source>
        <translation>Åpne &amp;eksempelet</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>&amp;Lagre</translation>
    </message>
    <message>
        <source>Save &amp;as…</source>
        <translation>Lagre &amp;som …</translation>
    </message>
    <message>
        <source>&amp;Close</source>
        <translation>L&amp;ukk</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Avslutt</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Angre</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>&amp;Gjør om</translation>
    </message>
    <message>
        <source>&amp;Find</source>
        <translation>&amp;Finn</translation>
    </message>
    <message>
        <source>Filter all &amp;views</source>
        <translation>Filtrer alle &amp;visninger</translation>
    </message>
    <message>
        <source>&amp;Calibrate…</source>
        <translation>&amp;Kalibrer …</translation>
    </message>
    <message>
        <source>&amp;Evaluate…</source>
        <translation>&amp;Evaluer …</translation>
    </message>
    <message>
        <source>&amp;Import…</source>
        <translation>&amp;Importer …</translation>
    </message>
    <message>
        <source>Import encodings</source>
        <translation>Importer kodinger</translation>
    </message>
    <message>
        <source>E&amp;xport…</source>
        <translation>E&amp;ksporter …</translation>
    </message>
    <message>
        <source>Export encodings</source>
        <translation>Eksporter kodinger</translation>
    </message>
    <message>
        <source>&amp;Revert to calibrated</source>
        <translation>&amp;Tilbake til kalibrert</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>&amp;Kjør</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>&amp;Stopp</translation>
    </message>
    <message>
        <source>200 inferences</source>
        <translation>200 inferenser</translation>
    </message>
    <message>
        <source>1000 inferences</source>
        <translation>1000 inferenser</translation>
    </message>
    <message>
        <source>10 000 inferences</source>
        <translation>10 000 inferenser</translation>
    </message>
    <message>
        <source>One minute</source>
        <translation>Ett minutt</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Tilbake</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>Frem</translation>
    </message>
    <message>
        <source>&amp;Start page</source>
        <translation>&amp;Startside</translation>
    </message>
    <message>
        <source>Zoom &amp;in</source>
        <translation>Zoom &amp;inn</translation>
    </message>
    <message>
        <source>Zoom &amp;out</source>
        <translation>Zoom &amp;ut</translation>
    </message>
    <message>
        <source>&amp;Fit</source>
        <translation>Til&amp;pass</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>&amp;Mørkt</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>&amp;Lyst</translation>
    </message>
    <message>
        <source>As the &amp;desktop</source>
        <translation>Som &amp;skrivebordet</translation>
    </message>
    <message>
        <source>&amp;Reset layout</source>
        <translation>T&amp;ilbakestill oppsettet</translation>
    </message>
    <message>
        <source>&amp;Shortcuts</source>
        <translation>&amp;Snarveier</translation>
    </message>
    <message>
        <source>&amp;About Nordlys Studio</source>
        <translation>&amp;Om Nordlys Studio</translation>
    </message>
    <message>
        <source>&amp;Build</source>
        <translation>&amp;Bygg</translation>
    </message>
    <message>
        <source>Nothing opened yet</source>
        <translation>Ingenting åpnet ennå</translation>
    </message>
    <message>
        <source>Open a model first.</source>
        <translation>Åpne en modell først.</translation>
    </message>
    <message>
        <source>The samples are not installed.</source>
        <translation>Eksemplene er ikke installert.</translation>
    </message>
    <message>
        <source>Nothing is open.</source>
        <translation>Ingenting er åpent.</translation>
    </message>
    <message>
        <source>Nothing to undo.</source>
        <translation>Ingenting å angre.</translation>
    </message>
    <message>
        <source>Nothing to redo.</source>
        <translation>Ingenting å gjøre om.</translation>
    </message>
    <message>
        <source>Calibration is running.</source>
        <translation>Kalibreringen pågår.</translation>
    </message>
    <message>
        <source>There are no encodings yet. Calibrate first.</source>
        <translation>Det finnes ingen kodinger ennå. Kalibrer først.</translation>
    </message>
    <message>
        <source>Evaluation is running.</source>
        <translation>Evalueringen pågår.</translation>
    </message>
    <message>
        <source>There are no encodings yet.</source>
        <translation>Det finnes ingen kodinger ennå.</translation>
    </message>
    <message>
        <source>Nothing was calibrated here.</source>
        <translation>Ingenting er kalibrert her.</translation>
    </message>
    <message>
        <source>A build is running.</source>
        <translation>En bygging pågår.</translation>
    </message>
    <message>
        <source>A run is under way.</source>
        <translation>En kjøring pågår.</translation>
    </message>
    <message>
        <source>Nothing runs.</source>
        <translation>Ingenting kjører.</translation>
    </message>
    <message>
        <source>No earlier view.</source>
        <translation>Ingen tidligere visning.</translation>
    </message>
    <message>
        <source>No later view.</source>
        <translation>Ingen senere visning.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Åpne</translation>
    </message>
    <message>
        <source>Save project</source>
        <translation>Lagre prosjekt</translation>
    </message>
    <message>
        <source>Unsaved edits</source>
        <translation>Ulagrede endringer</translation>
    </message>
    <message>
        <source>Save the changes of %1?</source>
        <translation>Lagre endringene i %1?</translation>
    </message>
    <message>
        <source>Edits and runs since the last save are lost otherwise.</source>
        <translation>Endringer og kjøringer siden sist lagring går ellers tapt.</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Lagre</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Forkast</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Avbryt</translation>
    </message>
    <message>
        <source>About Nordlys Studio</source>
        <translation>Om Nordlys Studio</translation>
    </message>
    <message>
        <source>Nordlys Studio %1

A studio for neural networks on phones and boards.
Licence: GPL-3.0-or-later; its libraries: Apache-2.0.</source>
        <translation>Nordlys Studio %1

Et studio for nevrale nettverk på telefoner og kort.
Lisens: GPL-3.0-or-later; bibliotekene: Apache-2.0.</translation>
    </message>
    <message>
        <source>This view has no such pane.</source>
        <translation>Denne visningen har ikke et slikt panel.</translation>
    </message>
    <message>
        <source>In a narrow window it is the tab at the left.</source>
        <translation>I et smalt vindu er det fanen til venstre.</translation>
    </message>
    <message>
        <source>Command &amp;palette…</source>
        <translation>Kommando&amp;palett …</translation>
    </message>
    <message>
        <source>&amp;Model tree</source>
        <translation>&amp;Modelltre</translation>
    </message>
    <message>
        <source>Show the tree of operators at the left</source>
        <translation>Vis treet av operatorer til venstre</translation>
    </message>
    <message>
        <source>&amp;Inspector</source>
        <translation>&amp;Inspektør</translation>
    </message>
    <message>
        <source>Show the details of what is selected at the right</source>
        <translation>Vis detaljene om det valgte til høyre</translation>
    </message>
    <message>
        <source>Layers &amp;below</source>
        <translation>Lag &amp;under</translation>
    </message>
    <message>
        <source>Show the table of layers below</source>
        <translation>Vis tabellen over lag under</translation>
    </message>
    <message>
        <source>%1 (not found)</source>
        <translation>%1 (ikke funnet)</translation>
    </message>
    <message>
        <source>Clear the list</source>
        <translation>Tøm listen</translation>
    </message>
    <message>
        <source>Open a model or a recording first.</source>
        <translation>Åpne en modell eller et opptak først.</translation>
    </message>
    <message>
        <source>&amp;Undo: %1</source>
        <translation>&amp;Angre: %1</translation>
    </message>
    <message>
        <source>&amp;Redo: %1</source>
        <translation>&amp;Gjør om: %1</translation>
    </message>
    <message>
        <source>&amp;Export report…</source>
        <translation>&amp;Eksporter rapport …</translation>
    </message>
    <message>
        <source>&amp;Sensitivity…</source>
        <translation>&amp;Følsomhet …</translation>
    </message>
    <message>
        <source>Which layers cost most when they are quantized</source>
        <translation>Hvilke lag som koster mest når de kvantiseres</translation>
    </message>
    <message>
        <source>rank layers noise</source>
        <translation>ranger lag støy</translation>
    </message>
    <message>
        <source>&amp;Mixed precision…</source>
        <translation>&amp;Blandet presisjon …</translation>
    </message>
    <message>
        <source>Which layers are worth 16 bit or float within a budget</source>
        <translation>Hvilke lag som er verdt 16 biter eller flyttall innenfor et budsjett</translation>
    </message>
    <message>
        <source>Pareto budget 16 bit float</source>
        <translation>pareto budsjett 16 biter flyttall</translation>
    </message>
    <message>
        <source>E&amp;qualize…</source>
        <translation>&amp;Utjevn …</translation>
    </message>
    <message>
        <source>Balance channel ranges between layers; writes a new model</source>
        <translation>Jevn ut kanalområder mellom lag; skriver en ny modell</translation>
    </message>
    <message>
        <source>cross-layer equalization</source>
        <translation>utjevning på tvers av lag</translation>
    </message>
    <message>
        <source>Correct &amp;biases…</source>
        <translation>Korriger &amp;skjevheter …</translation>
    </message>
    <message>
        <source>Give back what quantized weights shift; writes a new model</source>
        <translation>Gi tilbake det kvantiserte vekter forskyver; skriver en ny modell</translation>
    </message>
    <message>
        <source>bias correction</source>
        <translation>skjevhetskorreksjon</translation>
    </message>
    <message>
        <source>&amp;Improvement results</source>
        <translation>Fo&amp;rbedringsresultater</translation>
    </message>
    <message>
        <source>Show the pane with the results of these tools below the views</source>
        <translation>Vis ruten med resultatene fra disse verktøyene under visningene</translation>
    </message>
    <message>
        <source>It is running.</source>
        <translation>Det kjører.</translation>
    </message>
    <message>
        <source>Encodings (*.encodings *.json *.onnx);;All files (*)</source>
        <translation>Kodinger (*.encodings *.json *.onnx);;Alle filer (*)</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::Menus</name>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Fil</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>&amp;Rediger</translation>
    </message>
    <message>
        <source>&amp;Model</source>
        <translation>&amp;Modell</translation>
    </message>
    <message>
        <source>&amp;Quantize</source>
        <translation>&amp;Kvantiser</translation>
    </message>
    <message>
        <source>&amp;Build</source>
        <translation>&amp;Bygg</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>K&amp;jør</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>&amp;Vis</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hjelp</translation>
    </message>
    <message>
        <source>Open re&amp;cent</source>
        <translation>Åpne &amp;nylige</translation>
    </message>
    <message>
        <source>&amp;Length of a run</source>
        <translation>&amp;Lengde på kjøring</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>T&amp;ema</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::MetricFields</name>
    <message>
        <source>Labels</source>
        <translation>Merker</translation>
    </message>
    <message>
        <source>SQNR at the worst output</source>
        <translation>SQNR på den dårligste utgangen</translation>
    </message>
    <message>
        <source>Agreement with the float model, top-1</source>
        <translation>Samsvar med flyttallsmodellen, topp-1</translation>
    </message>
    <message>
        <source>Accuracy by labels, top-1</source>
        <translation>Nøyaktighet etter merker, topp-1</translation>
    </message>
    <message>
        <source>Command of your own</source>
        <translation>Egen kommando</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>Mål</translation>
    </message>
    <message>
        <source>none</source>
        <translation>ingen</translation>
    </message>
    <message>
        <source>none: errors without accuracy</source>
        <translation>ingen: feil uten treffsikkerhet</translation>
    </message>
    <message>
        <source>none; it gets a folder of .npy outputs and prints one number</source>
        <translation>ingen; den får en mappe med .npy-utganger og skriver ett tall</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Kommando</translation>
    </message>
    <message>
        <source>Metric command</source>
        <translation>Målekommando</translation>
    </message>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source>Ended after</source>
        <translation>Avsluttes etter</translation>
    </message>
    <message>
        <source>Its number is an error: lower is better</source>
        <translation>Tallet er en feil: lavere er bedre</translation>
    </message>
    <message>
        <source>There is no such labels file.</source>
        <translation>Det finnes ingen slik fil med merker.</translation>
    </message>
    <message>
        <source>Accuracy needs labels: a CSV with the columns file and class_index.</source>
        <translation>Nøyaktighet trenger merker: en CSV med kolonnene file og class_index.</translation>
    </message>
    <message>
        <source>Write the command that measures the outputs.</source>
        <translation>Skriv kommandoen som måler utgangene.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::MetricStrip</name>
    <message>
        <source>Numbers of this tensor</source>
        <translation>Tall for denne tensoren</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::MixedDialog</name>
    <message>
        <source>Mixed precision</source>
        <translation>Blandet presisjon</translation>
    </message>
    <message>
        <source>Finds the layers that are worth a higher width within a budget. Up to %1 layers every choice is measured; beyond, one layer after the other is raised, the one that costs most noise first.</source>
        <translation>Finner lagene som er verdt en større bredde innenfor et budsjett. Opp til %1 lag måles hvert valg; ut over det heves ett lag etter det andre, det som koster mest støy først.</translation>
    </message>
    <message>
        <source>16 bit</source>
        <translation>16 biter</translation>
    </message>
    <message>
        <source>float16</source>
        <translation>float16</translation>
    </message>
    <message>
        <source>float32</source>
        <translation>float32</translation>
    </message>
    <message>
        <source>multiplications (MACs)</source>
        <translation>multiplikasjoner (MAC-er)</translation>
    </message>
    <message>
        <source>bytes of weights</source>
        <translation>byte med vekter</translation>
    </message>
    <message>
        <source> % of all layers</source>
        <translation> % av alle lag</translation>
    </message>
    <message>
        <source>Raise to</source>
        <translation>Hev til</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kostnad</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>Budsjett</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Søk</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::MixedPage</name>
    <message>
        <source>Apply as one step</source>
        <translation>Bruk som ett steg</translation>
    </message>
    <message>
        <source>Mixed precision</source>
        <translation>Blandet presisjon</translation>
    </message>
    <message>
        <source>stopped: the best of what was measured</source>
        <translation>stoppet: det beste av det som ble målt</translation>
    </message>
    <message>
        <source>Exact: all %1 choices within %2 of %3 measured, n=%4</source>
        <translation>Eksakt: alle %1 valg innenfor %2 av %3 målt, n=%4</translation>
    </message>
    <message>
        <source>Greedy: %1 choices within %2 of %3 measured, n=%4</source>
        <translation>Grådig: %1 valg innenfor %2 av %3 målt, n=%4</translation>
    </message>
    <message>
        <source>the MACs</source>
        <translation>MAC-ene</translation>
    </message>
    <message>
        <source>the weights&apos; bytes</source>
        <translation>vektenes byte</translation>
    </message>
    <message>
        <source>The encodings of the chosen row become one step</source>
        <translation>Kodingene i den valgte raden blir ett steg</translation>
    </message>
    <message>
        <source>The encodings of the chosen row as they were measured: edits since then are replaced, and Undo brings them back</source>
        <translation>Kodingene i den valgte raden slik de ble målt: endringer siden da erstattes, og Angre henter dem tilbake</translation>
    </message>
    <message>
        <source>%1 at %2 of the cost, %3 raised</source>
        <translation>%1 til %2 av kostnaden, %3 hevet</translation>
    </message>
    <message>
        <source>SQNR, dB</source>
        <translation>SQNR, dB</translation>
    </message>
    <message>
        <source>%1, %</source>
        <translation>%1, %</translation>
    </message>
    <message>
        <source>Cost, %</source>
        <translation>Kostnad, %</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::NodeActions</name>
    <message>
        <source>Select &amp;all operators</source>
        <translation>Velg &amp;alle operatorer</translation>
    </message>
    <message>
        <source>Select what the filter &amp;matches</source>
        <translation>Velg det filteret &amp;treffer</translation>
    </message>
    <message>
        <source>query</source>
        <translation>spørring</translation>
    </message>
    <message>
        <source>Select all &amp;before</source>
        <translation>Velg alle &amp;før</translation>
    </message>
    <message>
        <source>Adds everything that the selected operators depend on</source>
        <translation>Legger til alt som de valgte operatorene avhenger av</translation>
    </message>
    <message>
        <source>upstream producers</source>
        <translation>oppstrøms kilder</translation>
    </message>
    <message>
        <source>Select all a&amp;fter</source>
        <translation>Velg alle &amp;etter</translation>
    </message>
    <message>
        <source>Adds everything that depends on the selected operators</source>
        <translation>Legger til alt som avhenger av de valgte operatorene</translation>
    </message>
    <message>
        <source>downstream consumers</source>
        <translation>nedstrøms mottakere</translation>
    </message>
    <message>
        <source>Select &amp;nothing</source>
        <translation>Velg &amp;ingenting</translation>
    </message>
    <message>
        <source>Put on %1</source>
        <translation>Legg på %1</translation>
    </message>
    <message>
        <source>backend placement</source>
        <translation>backend plassering</translation>
    </message>
    <message>
        <source>Place &amp;automatically</source>
        <translation>Plasser &amp;automatisk</translation>
    </message>
    <message>
        <source>Takes the assignment back</source>
        <translation>Tar tildelingen tilbake</translation>
    </message>
    <message>
        <source>All on one: %1</source>
        <translation>Alle på én: %1</translation>
    </message>
    <message>
        <source>Takes all assignments back; the CPU runs what nobody placed</source>
        <translation>Tar alle tildelinger tilbake; CPU-en kjører det ingen har plassert</translation>
    </message>
    <message>
        <source>Every operator that may run there; the others stay where they are</source>
        <translation>Alle operatorer som kan kjøre der; de andre blir der de er</translation>
    </message>
    <message>
        <source>No operator matches &quot;%1&quot;.</source>
        <translation>Ingen operator passer med «%1».</translation>
    </message>
    <message>
        <source>%1 selected</source>
        <translation>%1 valgt</translation>
    </message>
    <message>
        <source>Open a model first.</source>
        <translation>Åpne en modell først.</translation>
    </message>
    <message>
        <source>Select operators first.</source>
        <translation>Velg operatorer først.</translation>
    </message>
    <message>
        <source>Type a filter first, for example op:Conv.</source>
        <translation>Skriv et filter først, for eksempel op:Conv.</translation>
    </message>
    <message>
        <source>Nothing is selected.</source>
        <translation>Ingenting er valgt.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::OfferBar</name>
    <message>
        <source>Show</source>
        <translation>Vis</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>Skjul</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::OpsModel</name>
    <message>
        <source>Operator</source>
        <translation>Operator</translation>
    </message>
    <message>
        <source>time</source>
        <translation>tid</translation>
    </message>
    <message>
        <source>MACs</source>
        <translation>MAC</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::OpsPanel</name>
    <message>
        <source>Operators of the model</source>
        <translation>Modellens operatorer</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::PaletteDelegate</name>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::PaletteModel</name>
    <message>
        <source>Views</source>
        <translation>Visninger</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>Kommandoer</translation>
    </message>
    <message>
        <source>Operators</source>
        <translation>Operatorer</translation>
    </message>
    <message>
        <source>Tensors</source>
        <translation>Tensorer</translation>
    </message>
    <message>
        <source>live</source>
        <translation>direkte</translation>
    </message>
    <message>
        <source>p50 %1, n=%2</source>
        <translation>p50 %1, n=%2</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Kjøringer</translation>
    </message>
    <message>
        <source>Recent files</source>
        <translation>Nylige filer</translation>
    </message>
    <message>
        <source>Filter all views: %1</source>
        <translation>Filtrer alle visninger: %1</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filter</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::ParetoPlot</name>
    <message>
        <source>Cost against metric</source>
        <translation>Kostnad mot mål</translation>
    </message>
    <message>
        <source>float</source>
        <translation>flyttall</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::PathField</name>
    <message>
        <source>Choose…</source>
        <translation>Velg …</translation>
    </message>
    <message>
        <source>Folder of samples</source>
        <translation>Mappe med eksempler</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>Merker</translation>
    </message>
    <message>
        <source>Labels (*.csv)</source>
        <translation>Merker (*.csv)</translation>
    </message>
    <message>
        <source>Choose: %1</source>
        <translation>Velg: %1</translation>
    </message>
    <message>
        <source>Calibration statistics</source>
        <translation>Kalibreringsstatistikk</translation>
    </message>
    <message>
        <source>Statistics (*.json)</source>
        <translation>Statistikk (*.json)</translation>
    </message>
    <message>
        <source>New model</source>
        <translation>Ny modell</translation>
    </message>
    <message>
        <source>ONNX models (*.onnx)</source>
        <translation>ONNX-modeller (*.onnx)</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::PlacementKeeper</name>
    <message>
        <source>Place</source>
        <translation>Plasser</translation>
    </message>
    <message>
        <source>Open a model first.</source>
        <translation>Åpne en modell først.</translation>
    </message>
    <message>
        <source>The placement is being planned.</source>
        <translation>Plasseringen planlegges.</translation>
    </message>
    <message>
        <source>Select operators first.</source>
        <translation>Velg operatorer først.</translation>
    </message>
    <message>
        <source>They are automatic already.</source>
        <translation>De er allerede automatiske.</translation>
    </message>
    <message>
        <source>%1: %2. %3</source>
        <translation>%1: %2. %3</translation>
    </message>
    <message>
        <source>They are on %1 already.</source>
        <translation>De er allerede på %1.</translation>
    </message>
    <message>
        <source>%1 stay where they are: %2</source>
        <translation>%1 blir der de er: %2</translation>
    </message>
    <message>
        <source>put %1 on %2</source>
        <translation>legg %1 på %2</translation>
    </message>
    <message>
        <source>place %1 automatically</source>
        <translation>plasser %1 automatisk</translation>
    </message>
    <message>
        <source>Everything is on the CPU already.</source>
        <translation>Alt er allerede på CPU-en.</translation>
    </message>
    <message>
        <source>%1 (emulated)</source>
        <translation>%1 (emulert)</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::PlacementLanes</name>
    <message>
        <source>Lanes of the backends</source>
        <translation>Banene til backendene</translation>
    </message>
    <message>
        <source>Left and Right go from segment to segment. The table below shows the same as rows.</source>
        <translation>Venstre og Høyre går fra segment til segment. Tabellen under viser det samme som rader.</translation>
    </message>
    <message>
        <source>%1 of time</source>
        <translation>%1 av tiden</translation>
    </message>
    <message>
        <source>Segment %1   %2</source>
        <translation>Segment %1   %2</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>not available</source>
        <translation>ikke tilgjengelig</translation>
    </message>
    <message>
        <source>emulated</source>
        <translation>emulert</translation>
    </message>
    <message>
        <source>no crossings</source>
        <translation>ingen overganger</translation>
    </message>
    <message>
        <source>execution order, width by time</source>
        <translation>utføringsrekkefølge, bredde etter tid</translation>
    </message>
    <message>
        <source>execution order, width by MACs</source>
        <translation>utføringsrekkefølge, bredde etter MAC-er</translation>
    </message>
    <message>
        <source>Segment %1 to segment %2</source>
        <translation>Segment %1 til segment %2</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>og %1 til</translation>
    </message>
    <message>
        <source>%1; the time is an estimate from planning figures, not measured</source>
        <translation>%1; tiden er et anslag fra planleggingstall, ikke målt</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::PlacementModel</name>
    <message>
        <source>needs an encoding for 1 tensor</source>
        <translation>trenger en koding for 1 tensor</translation>
    </message>
    <message>
        <source>needs encodings for %1 tensors</source>
        <translation>trenger kodinger for %1 tensorer</translation>
    </message>
    <message>
        <source>you put it on %1; %2</source>
        <translation>du la den på %1; %2</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nei</translation>
    </message>
    <message>
        <source>needs encodings</source>
        <translation>trenger kodinger</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>set</source>
        <translation>satt</translation>
    </message>
    <message>
        <source>Operator of the model</source>
        <translation>Operator i modellen</translation>
    </message>
    <message>
        <source>Operator</source>
        <translation>Operator</translation>
    </message>
    <message>
        <source>Kind of operator</source>
        <translation>Operatortype</translation>
    </message>
    <message>
        <source>Op</source>
        <translation>Operator</translation>
    </message>
    <message>
        <source>Where it runs; &quot;set&quot;: you chose it</source>
        <translation>Hvor den kjører; «satt»: du valgte det</translation>
    </message>
    <message>
        <source>Backend</source>
        <translation>Backend</translation>
    </message>
    <message>
        <source>Segment: what runs on one backend in one go</source>
        <translation>Segment: det som kjører på én backend i ett strekk</translation>
    </message>
    <message>
        <source>Seg</source>
        <translation>Seg</translation>
    </message>
    <message>
        <source>May it run on the HTP, which is emulated on the CPU?</source>
        <translation>Kan den kjøre på HTP, som emuleres på CPU-en?</translation>
    </message>
    <message>
        <source>HTP</source>
        <translation>HTP</translation>
    </message>
    <message>
        <source>May it run on the GPU?</source>
        <translation>Kan den kjøre på GPU-en?</translation>
    </message>
    <message>
        <source>GPU</source>
        <translation>GPU</translation>
    </message>
    <message>
        <source>May it run on the CPU?</source>
        <translation>Kan den kjøre på CPU-en?</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Median time in the newest run</source>
        <translation>Mediantid i den nyeste kjøringen</translation>
    </message>
    <message>
        <source>Time p50</source>
        <translation>Tid p50</translation>
    </message>
    <message>
        <source>Multiplications with addition; run the model to see times</source>
        <translation>Multiplikasjoner med addisjon; kjør modellen for å se tider</translation>
    </message>
    <message>
        <source>MACs</source>
        <translation>MAC-er</translation>
    </message>
    <message>
        <source>Why it is on the HTP, or why not</source>
        <translation>Hvorfor den er på HTP, eller hvorfor ikke</translation>
    </message>
    <message>
        <source>Why (not) HTP</source>
        <translation>Hvorfor (ikke) HTP</translation>
    </message>
    <message>
        <source>Smallest change that would bring it to the HTP</source>
        <translation>Minste endring som ville bringe den til HTP</translation>
    </message>
    <message>
        <source>Smallest change</source>
        <translation>Minste endring</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::PlacementView</name>
    <message>
        <source>Copy as command</source>
        <translation>Kopier som kommando</translation>
    </message>
    <message>
        <source>The command is in the clipboard.</source>
        <translation>Kommandoen er på utklippstavlen.</translation>
    </message>
    <message>
        <source>Placement</source>
        <translation>Plassering</translation>
    </message>
    <message>
        <source>No operator matches the filter.</source>
        <translation>Ingen operator passer med filteret.</translation>
    </message>
    <message>
        <source>All on one</source>
        <translation>Alle på én</translation>
    </message>
    <message>
        <source>Selection to</source>
        <translation>Utvalg til</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisk</translation>
    </message>
    <message>
        <source>The same placement for the command line</source>
        <translation>Samme plassering for kommandolinjen</translation>
    </message>
    <message>
        <source>nothing selected</source>
        <translation>ingenting valgt</translation>
    </message>
    <message>
        <source>%1, mixed</source>
        <translation>%1, blandet</translation>
    </message>
    <message>
        <source>Which backend runs what</source>
        <translation>Hvilken backend som kjører hva</translation>
    </message>
    <message>
        <source>Open a model to put its operators on HTP or CPU, and see what crosses between them and why an operator cannot go somewhere.</source>
        <translation>Åpne en modell for å legge operatorene på HTP eller CPU, og se hva som krysser mellom dem og hvorfor en operator ikke kan flyttes.</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>Åpne en modell …</translation>
    </message>
    <message>
        <source>The placement cannot be planned</source>
        <translation>Plasseringen kan ikke planlegges</translation>
    </message>
    <message>
        <source>Planning the placement</source>
        <translation>Planlegger plasseringen</translation>
    </message>
    <message>
        <source>%1 are being checked against the capability tables.</source>
        <translation>%1 sjekkes mot kapasitetstabellene.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::ProjectKeeper</name>
    <message>
        <source>Opening</source>
        <translation>Åpner</translation>
    </message>
    <message>
        <source>Saving</source>
        <translation>Lagrer</translation>
    </message>
    <message>
        <source>Models, projects, recordings (*.onnx *.nordlys *.nrs);;All files (*)</source>
        <translation>Modeller, prosjekter, opptak (*.onnx *.nordlys *.nrs);;Alle filer (*)</translation>
    </message>
    <message>
        <source>Nordlys projects (*.nordlys)</source>
        <translation>Nordlys-prosjekter (*.nordlys)</translation>
    </message>
    <message>
        <source>Opening %1</source>
        <translation>Åpner %1</translation>
    </message>
    <message>
        <source>Saving %1</source>
        <translation>Lagrer %1</translation>
    </message>
    <message>
        <source>The model of %1 is not there</source>
        <translation>Modellen til %1 er ikke der</translation>
    </message>
    <message>
        <source>%1 was moved or removed.</source>
        <translation>%1 er flyttet eller fjernet.</translation>
    </message>
    <message>
        <source>A file with the same content is %1.</source>
        <translation>En fil med samme innhold er %1.</translation>
    </message>
    <message>
        <source>Use it</source>
        <translation>Bruk den</translation>
    </message>
    <message>
        <source>The model of %1 has changed</source>
        <translation>Modellen til %1 er endret</translation>
    </message>
    <message>
        <source>%1 holds something else than at the last save. All edits still fit.</source>
        <translation>%1 har et annet innhold enn ved siste lagring. Alle endringer passer fortsatt.</translation>
    </message>
    <message>
        <source>%1 holds something else than at the last save. Of its edits %2 fit no longer; %3 do.</source>
        <translation>%1 har et annet innhold enn ved siste lagring. Av endringene passer %2 ikke lenger; %3 gjør det.</translation>
    </message>
    <message>
        <source>Locate…</source>
        <translation>Finn …</translation>
    </message>
    <message>
        <source>Locate the model</source>
        <translation>Finn modellen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Avbryt</translation>
    </message>
    <message>
        <source>Some edits no longer fit the model</source>
        <translation>Noen endringer passer ikke lenger til modellen</translation>
    </message>
    <message>
        <source>%1 were left out. The project file keeps them until it is saved.</source>
        <translation>%1 ble utelatt. Prosjektfilen beholder dem til den lagres.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Lukk</translation>
    </message>
    <message>
        <source>another window has recovered these edits</source>
        <translation>et annet vindu har gjenopprettet disse endringene</translation>
    </message>
    <message>
        <source>The project was saved after these edits were made. They come on top of it.</source>
        <translation>Prosjektet ble lagret etter at disse endringene ble gjort. De legges oppå.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::Quantizer</name>
    <message>
        <source>Calibrating</source>
        <translation>Kalibrerer</translation>
    </message>
    <message>
        <source>Evaluating</source>
        <translation>Evaluerer</translation>
    </message>
    <message>
        <source>Reading encodings</source>
        <translation>Leser kodinger</translation>
    </message>
    <message>
        <source>no entry belongs to a tensor of this model</source>
        <translation>ingen oppføring hører til en tensor i denne modellen</translation>
    </message>
    <message>
        <source>Choose the encodings of this model.</source>
        <translation>Velg kodingene for denne modellen.</translation>
    </message>
    <message>
        <source>; %1 could not be read, the first is %2</source>
        <translation>; %1 kunne ikke leses, den første er %2</translation>
    </message>
    <message>
        <source>%1: %2 entries matched, %3 missing, %4 of no tensor, %5 repaired</source>
        <translation>%1: %2 oppføringer passet, %3 mangler, %4 uten tensor, %5 reparert</translation>
    </message>
    <message>
        <source>import encodings</source>
        <translation>importer kodinger</translation>
    </message>
    <message>
        <source>Writing encodings</source>
        <translation>Skriver kodinger</translation>
    </message>
    <message>
        <source>Stopped. A calibration with the same statistics file goes on from here.</source>
        <translation>Stoppet. En kalibrering med samme statistikkfil fortsetter herfra.</translation>
    </message>
    <message>
        <source>Metric command: %1 in float, %2 quantized</source>
        <translation>Målekommando: %1 som flyttall, %2 kvantisert</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::RangeFields</name>
    <message>
        <source>Revert</source>
        <translation>Tilbakestill</translation>
    </message>
    <message>
        <source>min</source>
        <translation>min</translation>
    </message>
    <message>
        <source>max</source>
        <translation>maks</translation>
    </message>
    <message>
        <source>scale</source>
        <translation>skala</translation>
    </message>
    <message>
        <source>zero point</source>
        <translation>nullpunkt</translation>
    </message>
    <message>
        <source>Back to what calibration made of it</source>
        <translation>Tilbake til det kalibreringen ga</translation>
    </message>
    <message>
        <source>This is not a number.</source>
        <translation>Dette er ikke et tall.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::RangeStatistics</name>
    <message>
        <source>Statistics of the range</source>
        <translation>Statistikk for området</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::ReasonPane</name>
    <message>
        <source>Why not HTP</source>
        <translation>Hvorfor ikke HTP</translation>
    </message>
    <message>
        <source>Smallest changes</source>
        <translation>Minste endringer</translation>
    </message>
    <message>
        <source>Backends</source>
        <translation>Backender</translation>
    </message>
    <message>
        <source>Previous operator that the HTP refuses</source>
        <translation>Forrige operator som HTP avviser</translation>
    </message>
    <message>
        <source>Next operator that the HTP refuses</source>
        <translation>Neste operator som HTP avviser</translation>
    </message>
    <message>
        <source>%1 refused</source>
        <translation>%1 avvist</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 av %2</translation>
    </message>
    <message>
        <source>No placement</source>
        <translation>Ingen plassering</translation>
    </message>
    <message>
        <source>It is being planned.</source>
        <translation>Den planlegges.</translation>
    </message>
    <message>
        <source>Nothing selected</source>
        <translation>Ingenting valgt</translation>
    </message>
    <message>
        <source>Select an operator in the table or a segment above to see why it runs where it does, and what would change that.</source>
        <translation>Velg en operator i tabellen eller et segment over for å se hvorfor den kjører der den gjør, og hva som ville endre det.</translation>
    </message>
    <message>
        <source>%1, and %2 more selected</source>
        <translation>%1, og %2 til er valgt</translation>
    </message>
    <message>
        <source>Why HTP</source>
        <translation>Hvorfor HTP</translation>
    </message>
    <message>
        <source>Computed while building</source>
        <translation>Beregnes under bygging</translation>
    </message>
    <message>
        <source>The HTP does not take it</source>
        <translation>HTP tar den ikke</translation>
    </message>
    <message>
        <source>On the HTP, but it cannot be built yet</source>
        <translation>På HTP, men kan ikke bygges ennå</translation>
    </message>
    <message>
        <source>The HTP would take it once it has encodings</source>
        <translation>HTP tar den når den har kodinger</translation>
    </message>
    <message>
        <source>On the HTP: all rules hold</source>
        <translation>På HTP: alle regler er oppfylt</translation>
    </message>
    <message>
        <source>The HTP would take it; you put it on %1</source>
        <translation>HTP ville tatt den; du la den på %1</translation>
    </message>
    <message>
        <source>The HTP would take it; nobody put it there</source>
        <translation>HTP ville tatt den; ingen har lagt den der</translation>
    </message>
    <message>
        <source>It follows %1, with which it is fused</source>
        <translation>Den følger %1, som den er fusjonert med</translation>
    </message>
    <message>
        <source>Time p50</source>
        <translation>Tid p50</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>Andel</translation>
    </message>
    <message>
        <source>of all layers</source>
        <translation>av alle lag</translation>
    </message>
    <message>
        <source>MACs</source>
        <translation>MAC-er</translation>
    </message>
    <message>
        <source>Segment</source>
        <translation>Segment</translation>
    </message>
    <message>
        <source>Its crossings</source>
        <translation>Overgangene</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>Estimated from planning figures, not measured</source>
        <translation>Anslått fra planleggingstall, ikke målt</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nei</translation>
    </message>
    <message>
        <source>assigned</source>
        <translation>tildelt</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisk</translation>
    </message>
    <message>
        <source>allowed</source>
        <translation>tillatt</translation>
    </message>
    <message>
        <source>Crossing time</source>
        <translation>Overgangstid</translation>
    </message>
    <message>
        <source>Segments</source>
        <translation>Segmenter</translation>
    </message>
    <message>
        <source>Crossings</source>
        <translation>Overganger</translation>
    </message>
    <message>
        <source>Calibrate…</source>
        <translation>Kalibrer …</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>Bruk</translation>
    </message>
    <message>
        <source>estimate</source>
        <translation>anslag</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::RecoveryKeeper</name>
    <message>
        <source>Unsaved edits cannot be kept for a recovery: %1</source>
        <translation>Ulagrede endringer kan ikke tas vare på for gjenoppretting: %1</translation>
    </message>
    <message>
        <source>Recovered edits cannot be read</source>
        <translation>Gjenopprettede endringer kan ikke leses</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Forkast</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>Senere</translation>
    </message>
    <message>
        <source>Recover %1 of %2?</source>
        <translation>Gjenopprette %1 i %2?</translation>
    </message>
    <message>
        <source>Recover the results of %1?</source>
        <translation>Gjenopprette resultatene for %1?</translation>
    </message>
    <message>
        <source>Made until %1 and not saved when the program ended.</source>
        <translation>Gjort fram til %1 og ikke lagret da programmet sluttet.</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>og %1 til</translation>
    </message>
    <message>
        <source>Recover</source>
        <translation>Gjenopprett</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::ReportExporter</name>
    <message>
        <source>Exporting the report</source>
        <translation>Eksporterer rapporten</translation>
    </message>
    <message>
        <source>Reading the model</source>
        <translation>Leser modellen</translation>
    </message>
    <message>
        <source>Summing up the run</source>
        <translation>Oppsummerer kjøringen</translation>
    </message>
    <message>
        <source>Comparing the runs</source>
        <translation>Sammenligner kjøringene</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>Skriver</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::RewriteDialog</name>
    <message>
        <source>New model</source>
        <translation>Ny modell</translation>
    </message>
    <message>
        <source>Equalize</source>
        <translation>Utjevn</translation>
    </message>
    <message>
        <source>Correct biases</source>
        <translation>Korriger skjevheter</translation>
    </message>
    <message>
        <source>Balances the channel ranges of neighbouring layers, so that one grid fits all channels, and writes a new model. The float function stays as it is unless an option below says otherwise; the source is never changed.</source>
        <translation>Jevner ut kanalområdene til nabolag, slik at ett rutenett passer for alle kanaler, og skriver en ny modell. Flyttallsfunksjonen forblir som den er om ikke et valg under sier noe annet; kilden endres aldri.</translation>
    </message>
    <message>
        <source>Quantized weights shift the mean of what a layer puts out; its bias gives that back. Uses the encodings as they are now and writes a new model; the source is never changed.</source>
        <translation>Kvantiserte vekter forskyver middelverdien av det et lag gir ut; skjevheten gir den tilbake. Bruker kodingene slik de er nå og skriver en ny modell; kilden endres aldri.</translation>
    </message>
    <message>
        <source>Let ReLU6 between two layers become ReLU</source>
        <translation>La ReLU6 mellom to lag bli ReLU</translation>
    </message>
    <message>
        <source>Changes the float function where values reached the limit</source>
        <translation>Endrer flyttallsfunksjonen der verdier nådde grensen</translation>
    </message>
    <message>
        <source>Move high biases into the next layer</source>
        <translation>Flytt høye skjevheter inn i neste lag</translation>
    </message>
    <message>
        <source>Changes the float function for values below the mean less three deviations</source>
        <translation>Endrer flyttallsfunksjonen for verdier under middelverdien minus tre standardavvik</translation>
    </message>
    <message>
        <source>none: from the statistics of BatchNormalization</source>
        <translation>ingen: fra statistikken i BatchNormalization</translation>
    </message>
    <message>
        <source>Write the new model</source>
        <translation>Skriv den nye modellen</translation>
    </message>
    <message>
        <source>Name the file of the new model.</source>
        <translation>Gi filen til den nye modellen et navn.</translation>
    </message>
    <message>
        <source>The name of the new model must end in .onnx.</source>
        <translation>Navnet på den nye modellen må slutte på .onnx.</translation>
    </message>
    <message>
        <source>The folder of the new model does not exist.</source>
        <translation>Mappen til den nye modellen finnes ikke.</translation>
    </message>
    <message>
        <source>This is the source model, which stays as it is. Choose another name.</source>
        <translation>Dette er kildemodellen, som forblir som den er. Velg et annet navn.</translation>
    </message>
    <message>
        <source>There is a file of this name; it is replaced.</source>
        <translation>Det finnes en fil med dette navnet; den erstattes.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::RewritePage</name>
    <message>
        <source>Balanced pairs</source>
        <translation>Utjevnede par</translation>
    </message>
    <message>
        <source>Corrected layers</source>
        <translation>Korrigerte lag</translation>
    </message>
    <message>
        <source>Left alone</source>
        <translation>Latt være</translation>
    </message>
    <message>
        <source>Nothing was left alone.</source>
        <translation>Ingenting ble latt være.</translation>
    </message>
    <message>
        <source>Open the new model</source>
        <translation>Åpne den nye modellen</translation>
    </message>
    <message>
        <source>Open and calibrate…</source>
        <translation>Åpne og kalibrer …</translation>
    </message>
    <message>
        <source>%1 written, 1 pair balanced</source>
        <translation>%1 skrevet, 1 par utjevnet</translation>
    </message>
    <message>
        <source>%1 written, %2 pairs balanced</source>
        <translation>%1 skrevet, %2 par utjevnet</translation>
    </message>
    <message>
        <source>%1 BatchNormalization folded</source>
        <translation>%1 BatchNormalization foldet inn</translation>
    </message>
    <message>
        <source>%1 Clip became ReLU: values above their limit are let through now</source>
        <translation>%1 Clip ble ReLU: verdier over grensen slippes nå gjennom</translation>
    </message>
    <message>
        <source>biases absorbed by %1</source>
        <translation>skjevheter flyttet etter %1</translation>
    </message>
    <message>
        <source>%1 written, %2 corrected</source>
        <translation>%1 skrevet, %2 korrigert</translation>
    </message>
    <message>
        <source>expected inputs from %1</source>
        <translation>forventede innganger fra %1</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::RuleStates</name>
    <message>
        <source>Checking rules</source>
        <translation>Sjekker regler</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::RunCard</name>
    <message>
        <source>no inference yet</source>
        <translation>ingen inferens ennå</translation>
    </message>
    <message>
        <source>no inferences</source>
        <translation>ingen inferenser</translation>
    </message>
    <message>
        <source>baseline</source>
        <translation>referanse</translation>
    </message>
    <message>
        <source>running</source>
        <translation>kjører</translation>
    </message>
    <message>
        <source>comparing</source>
        <translation>sammenligner</translation>
    </message>
    <message>
        <source>no comparison</source>
        <translation>ingen sammenligning</translation>
    </message>
    <message>
        <source>p50, 95 % interval</source>
        <translation>p50, 95 %-intervall</translation>
    </message>
    <message>
        <source>floor ±%1</source>
        <translation>gulv ±%1</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::RunSettingsForm</name>
    <message>
        <source>Length</source>
        <translation>Lengde</translation>
    </message>
    <message>
        <source>Length counted in</source>
        <translation>Lengden telles i</translation>
    </message>
    <message>
        <source>inferences</source>
        <translation>inferenser</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>sekunder</translation>
    </message>
    <message>
        <source>Profiling</source>
        <translation>Profilering</translation>
    </message>
    <message>
        <source>off: latencies only</source>
        <translation>off: bare latenser</translation>
    </message>
    <message>
        <source>basic: and counters</source>
        <translation>basic: og tellere</translation>
    </message>
    <message>
        <source>detailed: and layers</source>
        <translation>detailed: og lag</translation>
    </message>
    <message>
        <source>Warm-up</source>
        <translation>Oppvarming</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Tråder</translation>
    </message>
    <message>
        <source>Telemetry rate</source>
        <translation>Målefrekvens</translation>
    </message>
    <message>
        <source>Record to</source>
        <translation>Ta opp til</translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation>Velg en fil …</translation>
    </message>
    <message>
        <source>Telemetry</source>
        <translation>Telemetri</translation>
    </message>
    <message>
        <source>per second</source>
        <translation>per sekund</translation>
    </message>
    <message>
        <source>%1, one a core</source>
        <translation>%1, én per kjerne</translation>
    </message>
    <message>
        <source>beside the project</source>
        <translation>ved siden av prosjektet</translation>
    </message>
    <message>
        <source>Record runs to</source>
        <translation>Ta opp kjøringer til</translation>
    </message>
    <message>
        <source>Recordings (*.nrs)</source>
        <translation>Opptak (*.nrs)</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::Runner</name>
    <message>
        <source>Building</source>
        <translation>Bygger</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Kjører</translation>
    </message>
    <message>
        <source>Built %1 in %2</source>
        <translation>Bygde %1 i %2</translation>
    </message>
    <message>
        <source>Running %1</source>
        <translation>Kjører %1</translation>
    </message>
    <message>
        <source>Run settings</source>
        <translation>Kjøreinnstillinger</translation>
    </message>
    <message>
        <source>Replaying %1</source>
        <translation>Spiller av %1</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::RunsModel</name>
    <message>
        <source>Name; double click or F2 changes it</source>
        <translation>Navn; dobbeltklikk eller F2 endrer det</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Kjør</translation>
    </message>
    <message>
        <source>Baseline, candidate, or shown in the other views</source>
        <translation>Referanse, kandidat, eller vist i de andre visningene</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>Device that it ran on</source>
        <translation>Enheten den kjørte på</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Enhet</translation>
    </message>
    <message>
        <source>What it was measured under</source>
        <translation>Hva den ble målt under</translation>
    </message>
    <message>
        <source>Condition</source>
        <translation>Forhold</translation>
    </message>
    <message>
        <source>Inferences</source>
        <translation>Inferenser</translation>
    </message>
    <message>
        <source>n</source>
        <translation>n</translation>
    </message>
    <message>
        <source>Median latency</source>
        <translation>Medianlatens</translation>
    </message>
    <message>
        <source>p50</source>
        <translation>p50</translation>
    </message>
    <message>
        <source>Half of the 95 % interval of the median</source>
        <translation>Halvparten av 95 %-intervallet for medianen</translation>
    </message>
    <message>
        <source>95 % of the inferences are not slower</source>
        <translation>95 % av inferensene er ikke tregere</translation>
    </message>
    <message>
        <source>p95</source>
        <translation>p95</translation>
    </message>
    <message>
        <source>Change of the median against the baseline</source>
        <translation>Endring av medianen mot referansen</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Endring</translation>
    </message>
    <message>
        <source>A change inside the noise floor is called the same</source>
        <translation>En endring innenfor støygulvet kalles uendret</translation>
    </message>
    <message>
        <source>Against baseline</source>
        <translation>Mot referanse</translation>
    </message>
    <message>
        <source>Whether the run&apos;s own numbers can be relied on</source>
        <translation>Om kjøringens egne tall er til å stole på</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Vurdering</translation>
    </message>
    <message>
        <source>When it was recorded, by the device&apos;s clock</source>
        <translation>Når den ble tatt opp, etter enhetens klokke</translation>
    </message>
    <message>
        <source>Recorded</source>
        <translation>Tatt opp</translation>
    </message>
    <message>
        <source>The recording on disk</source>
        <translation>Opptaket på disken</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Fil</translation>
    </message>
    <message>
        <source>baseline</source>
        <translation>referanse</translation>
    </message>
    <message>
        <source>candidate</source>
        <translation>kandidat</translation>
    </message>
    <message>
        <source>shown</source>
        <translation>vist</translation>
    </message>
    <message>
        <source>running</source>
        <translation>kjører</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::SampleFields</name>
    <message>
        <source>Inputs</source>
        <translation>Innganger</translation>
    </message>
    <message>
        <source>all</source>
        <translation>alle</translation>
    </message>
    <message>
        <source>automatic: size and channels of the model&apos;s input, 0 to 1</source>
        <translation>automatisk: størrelse og kanaler som modellens inngang, 0 til 1</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Eksempler</translation>
    </message>
    <message>
        <source>Preprocessing</source>
        <translation>Forbehandling</translation>
    </message>
    <message>
        <source>Choose a folder with images, .npy, .pb or .raw files, or write random:SEED:N.</source>
        <translation>Velg en mappe med bilder eller .npy-, .pb- eller .raw-filer, eller skriv random:SEED:N.</translation>
    </message>
    <message>
        <source>There is no such folder or file.</source>
        <translation>Det finnes ingen slik mappe eller fil.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::Screenshot</name>
    <message>
        <source>%1: the model has no such operator or tensor</source>
        <translation>%1: modellen har ingen slik operator eller tensor</translation>
    </message>
    <message>
        <source>%1: cannot be written. Choose a folder that can be written to.</source>
        <translation>%1: kan ikke skrives. Velg en mappe som det kan skrives til.</translation>
    </message>
    <message>
        <source>%1: cannot be made. Choose a folder that can be written to.</source>
        <translation>%1: kan ikke lages. Velg en mappe det går an å skrive til.</translation>
    </message>
    <message>
        <source>%1: there is no model to calibrate, evaluate, build or run</source>
        <translation>%1: det er ingen modell å kalibrere, evaluere, bygge eller kjøre</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::SegmentedControl</name>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::SensitivityDialog</name>
    <message>
        <source>Sensitivity</source>
        <translation>Følsomhet</translation>
    </message>
    <message>
        <source>Quantizes each layer alone, and leaves each alone in float: two measurements a layer over all samples.</source>
        <translation>Kvantiserer hvert lag alene, og lar hvert alene være flyttall: to målinger per lag over alle eksempler.</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Mål</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::SensitivityPage</name>
    <message>
        <source>Sensitivity</source>
        <translation>Følsomhet</translation>
    </message>
    <message>
        <source>Raise to 16 bit</source>
        <translation>Hev til 16 biter</translation>
    </message>
    <message>
        <source>Leave in float</source>
        <translation>La være flyttall</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 av %2</translation>
    </message>
    <message>
        <source>Select layers in the table first.</source>
        <translation>Velg lag i tabellen først.</translation>
    </message>
    <message>
        <source>The selected layers&apos; encodings at 16 bit with the same ranges, as one step</source>
        <translation>De valgte lagenes kodinger med 16 biter og de samme områdene, som ett steg</translation>
    </message>
    <message>
        <source>The selected layers&apos; encodings become float32, as it was measured, as one step</source>
        <translation>De valgte lagenes kodinger blir float32, slik det ble målt, som ett steg</translation>
    </message>
    <message>
        <source>%1: %2 in float, %3 with everything quantized, n=%4, %5</source>
        <translation>%1: %2 som flyttall, %3 med alt kvantisert, n=%4, %5</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>ikke målt</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::ShortcutModel</name>
    <message>
        <source>Window</source>
        <translation>Vindu</translation>
    </message>
    <message>
        <source>Graph</source>
        <translation>Graf</translation>
    </message>
    <message>
        <source>Arrow keys</source>
        <translation>Piltaster</translation>
    </message>
    <message>
        <source>Select the neighbour</source>
        <translation>Velg naboen</translation>
    </message>
    <message>
        <source>Zoom in, zoom out</source>
        <translation>Zoom inn, zoom ut</translation>
    </message>
    <message>
        <source>Show all of it</source>
        <translation>Vis alt</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Søk</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>Show the selected operator close up</source>
        <translation>Vis den valgte operatoren på nært hold</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Select nothing</source>
        <translation>Velg ingenting</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>Tabeller</translation>
    </message>
    <message>
        <source>Letters</source>
        <translation>Bokstaver</translation>
    </message>
    <message>
        <source>Go to the row that starts so</source>
        <translation>Gå til raden som begynner slik</translation>
    </message>
    <message>
        <source>Open the row</source>
        <translation>Åpne raden</translation>
    </message>
    <message>
        <source>Copy the rows with their header</source>
        <translation>Kopier radene med overskrift</translation>
    </message>
    <message>
        <source>Shift+click on a header</source>
        <translation>Shift+klikk på en overskrift</translation>
    </message>
    <message>
        <source>Sort by this column as well</source>
        <translation>Sorter etter denne kolonnen i tillegg</translation>
    </message>
    <message>
        <source>Histogram</source>
        <translation>Histogram</translation>
    </message>
    <message>
        <source>Left, Right</source>
        <translation>Venstre, Høyre</translation>
    </message>
    <message>
        <source>Move the handle by one step; with Shift by ten</source>
        <translation>Flytt håndtaket ett trinn, med Shift ti</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Tidslinje</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>Hjul</translation>
    </message>
    <message>
        <source>Zoom around the pointer; with Shift sideways</source>
        <translation>Zoom rundt pekeren, med Shift sidelengs</translation>
    </message>
    <message>
        <source>Drag</source>
        <translation>Dra</translation>
    </message>
    <message>
        <source>Select a range of time</source>
        <translation>Velg et tidsområde</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Taster</translation>
    </message>
    <message>
        <source>What they do</source>
        <translation>Hva de gjør</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Hvor</translation>
    </message>
    <message>
        <source>Any one of them</source>
        <translation>Hvilken som helst av dem</translation>
    </message>
    <message>
        <source>And, if it cannot be done now, why not</source>
        <translation>Og, hvis det ikke kan gjøres nå, hvorfor ikke</translation>
    </message>
    <message>
        <source>What must have the focus</source>
        <translation>Hva som må ha fokus</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::ShortcutSheet</name>
    <message>
        <source>Shortcuts</source>
        <translation>Snarveier</translation>
    </message>
    <message>
        <source>Find a key or what it does</source>
        <translation>Finn en tast eller hva den gjør</translation>
    </message>
    <message>
        <source>No key does that. The command palette (Ctrl+Shift+P) knows every command.</source>
        <translation>Ingen tast gjør det. Kommandopaletten (Ctrl+Shift+P) kjenner alle kommandoer.</translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation>Kopier som tekst</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::StartView</name>
    <message>
        <source>Open a model to see where its time and accuracy go</source>
        <translation>Åpne en modell og se hvor tiden og nøyaktigheten blir av</translation>
    </message>
    <message>
        <source>Everything runs on this computer. No account, no vendor SDK needed; a phone or board can be added later.</source>
        <translation>Alt kjører på denne datamaskinen. Ingen konto og ikke noe leverandør-SDK trengs; en telefon eller et kort kan legges til senere.</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>Nylige</translation>
    </message>
    <message>
        <source>Drop a model, project or recording here</source>
        <translation>Slipp en modell, et prosjekt eller et opptak her</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Åpne …</translation>
    </message>
    <message>
        <source>Sample: handwritten digits</source>
        <translation>Eksempel: håndskrevne sifre</translation>
    </message>
    <message>
        <source>not installed</source>
        <translation>ikke installert</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>klart</translation>
    </message>
    <message>
        <source>The samples are not beside the program. Install share/nordlys, or set NORDLYS_RESOURCES.</source>
        <translation>Eksemplene ligger ikke ved programmet. Installer share/nordlys, eller sett NORDLYS_RESOURCES.</translation>
    </message>
    <message>
        <source>A small classifier, %1 labelled test images, %2 for calibration. See what 8 bit does to it.</source>
        <translation>En liten klassifikator, %1 merkede testbilder, %2 til kalibrering. Se hva 8 biter gjør med den.</translation>
    </message>
    <message>
        <source>Seven pictures of the sample</source>
        <translation>Sju bilder fra eksempelet</translation>
    </message>
    <message>
        <source>Open the sample</source>
        <translation>Åpne eksempelet</translation>
    </message>
    <message>
        <source>Calibrate</source>
        <translation>Kalibrer</translation>
    </message>
    <message>
        <source>ranges from your own samples</source>
        <translation>områder fra dine egne eksempler</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Rediger</translation>
    </message>
    <message>
        <source>see the error of every tensor</source>
        <translation>se feilen for hver tensor</translation>
    </message>
    <message>
        <source>Build and run</source>
        <translation>Bygg og kjør</translation>
    </message>
    <message>
        <source>here, with every layer timed</source>
        <translation>her, med tid for hvert lag</translation>
    </message>
    <message>
        <source>Watch</source>
        <translation>Følg med</translation>
    </message>
    <message>
        <source>layers, clocks and heat on one axis</source>
        <translation>lag, klokker og varme på én akse</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 av %2</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Åpne</translation>
    </message>
    <message>
        <source>Locate…</source>
        <translation>Finn …</translation>
    </message>
    <message>
        <source>Locate %1</source>
        <translation>Finn %1</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>Fjern fra listen</translation>
    </message>
    <message>
        <source>Clear the list</source>
        <translation>Tøm listen</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::TableDelegate</name>
    <message>
        <source>This is not a number.</source>
        <translation>Dette er ikke et tall.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::TableView</name>
    <message>
        <source>Copy</source>
        <translation>Kopier</translation>
    </message>
    <message>
        <source>Copy table as CSV</source>
        <translation>Kopier tabellen som CSV</translation>
    </message>
    <message>
        <source>Copy table as Markdown</source>
        <translation>Kopier tabellen som Markdown</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::TensorHeader</name>
    <message>
        <source>Lock</source>
        <translation>Lås</translation>
    </message>
    <message>
        <source>Bits</source>
        <translation>Biter</translation>
    </message>
    <message>
        <source>Symmetry</source>
        <translation>Symmetri</translation>
    </message>
    <message>
        <source>asymmetric</source>
        <translation>asymmetrisk</translation>
    </message>
    <message>
        <source>symmetric</source>
        <translation>symmetrisk</translation>
    </message>
    <message>
        <source>Grids</source>
        <translation>Rutenett</translation>
    </message>
    <message>
        <source>per tensor</source>
        <translation>per tensor</translation>
    </message>
    <message>
        <source>channel</source>
        <translation>kanal</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::TensorHistogram</name>
    <message>
        <source>Reading weights</source>
        <translation>Leser vekter</translation>
    </message>
    <message>
        <source>Choosing ranges</source>
        <translation>Velger områder</translation>
    </message>
    <message>
        <source>Measuring channels</source>
        <translation>Måler kanaler</translation>
    </message>
    <message>
        <source>The calibration runs did not store this tensor.</source>
        <translation>Kalibreringskjøringene lagret ikke denne tensoren.</translation>
    </message>
    <message>
        <source>percentile %1</source>
        <translation>persentil %1</translation>
    </message>
    <message>
        <source>mse</source>
        <translation>mse</translation>
    </message>
    <message>
        <source>min-max</source>
        <translation>min-maks</translation>
    </message>
    <message>
        <source>This tensor gets no encoding.</source>
        <translation>Denne tensoren får ingen koding.</translation>
    </message>
    <message>
        <source>This constant has no channels.</source>
        <translation>Denne konstanten har ingen kanaler.</translation>
    </message>
    <message>
        <source>This tensor has no channels.</source>
        <translation>Denne tensoren har ingen kanaler.</translation>
    </message>
    <message>
        <source>Calibrate first: the channels are measured over its samples.</source>
        <translation>Kalibrer først: kanalene måles over eksemplene derfra.</translation>
    </message>
    <message>
        <source>The runs do not store this tensor with channels.</source>
        <translation>Kjøringene lagrer ikke denne tensoren med kanaler.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::TensorPane</name>
    <message>
        <source>n=%1 samples</source>
        <translation>n=%1 eksempler</translation>
    </message>
    <message>
        <source>Clipped</source>
        <translation>Klippet</translation>
    </message>
    <message>
        <source>Range per channel</source>
        <translation>Område per kanal</translation>
    </message>
    <message>
        <source>Downstream</source>
        <translation>Nedstrøms</translation>
    </message>
    <message>
        <source>No errors yet</source>
        <translation>Ingen feil ennå</translation>
    </message>
    <message>
        <source>No tensor is selected</source>
        <translation>Ingen tensor er valgt</translation>
    </message>
    <message>
        <source>Select a tensor in the table to see its values and to set its range.</source>
        <translation>Velg en tensor i tabellen for å se verdiene og sette området.</translation>
    </message>
    <message>
        <source>Open a model to see its tensors.</source>
        <translation>Åpne en modell for å se tensorene.</translation>
    </message>
    <message>
        <source>Locked: calibration and edits leave this encoding as it is. Click unlocks it.</source>
        <translation>Låst: kalibrering og endringer lar denne kodingen være. Klikk låser opp.</translation>
    </message>
    <message>
        <source>Lock: calibration and edits then leave this encoding as it is.</source>
        <translation>Lås: kalibrering og endringer lar da denne kodingen være.</translation>
    </message>
    <message>
        <source>float16 for %1</source>
        <translation>float16 for %1</translation>
    </message>
    <message>
        <source>%1 bit for %2</source>
        <translation>%1 biter for %2</translation>
    </message>
    <message>
        <source>symmetric %1</source>
        <translation>symmetrisk %1</translation>
    </message>
    <message>
        <source>asymmetric %1</source>
        <translation>asymmetrisk %1</translation>
    </message>
    <message>
        <source>per channel %1</source>
        <translation>per kanal %1</translation>
    </message>
    <message>
        <source>per tensor %1</source>
        <translation>per tensor %1</translation>
    </message>
    <message>
        <source>lock %1</source>
        <translation>lås %1</translation>
    </message>
    <message>
        <source>unlock %1</source>
        <translation>lås opp %1</translation>
    </message>
    <message>
        <source>A symmetric encoding has its zero point in the middle.</source>
        <translation>En symmetrisk koding har nullpunktet i midten.</translation>
    </message>
    <message>
        <source>range of %1</source>
        <translation>område for %1</translation>
    </message>
    <message>
        <source>Nothing changed: %1</source>
        <translation>Ingenting ble endret: %1</translation>
    </message>
    <message>
        <source>revert %1 to calibrated</source>
        <translation>tilbakestill %1 til kalibrert</translation>
    </message>
    <message>
        <source>unchanged</source>
        <translation>uendret</translation>
    </message>
    <message>
        <source>No histogram yet</source>
        <translation>Ikke noe histogram ennå</translation>
    </message>
    <message>
        <source>These encodings came without the values they were made from. Calibrate to gather histograms; locked encodings stay.</source>
        <translation>Disse kodingene kom uten verdiene de ble laget av. Kalibrer for å samle histogrammer; låste kodinger blir stående.</translation>
    </message>
    <message>
        <source>Calibrate to gather the values of every tensor and to give it a range.</source>
        <translation>Kalibrer for å samle verdiene til hver tensor og gi den et område.</translation>
    </message>
    <message>
        <source>Calibrate…</source>
        <translation>Kalibrer …</translation>
    </message>
    <message>
        <source>Reading the weights</source>
        <translation>Leser vektene</translation>
    </message>
    <message>
        <source>No histogram</source>
        <translation>Ikke noe histogram</translation>
    </message>
    <message>
        <source>No encoding</source>
        <translation>Ingen koding</translation>
    </message>
    <message>
        <source>This tensor is not quantized: it is no floating-point value that is stored.</source>
        <translation>Denne tensoren blir ikke kvantisert: den er ikke et flyttall som lagres.</translation>
    </message>
    <message>
        <source>%1 values of %2</source>
        <translation>%1 verdier fra %2</translation>
    </message>
    <message>
        <source>1 sample</source>
        <translation>1 eksempel</translation>
    </message>
    <message>
        <source>%1 samples</source>
        <translation>%1 eksempler</translation>
    </message>
    <message>
        <source>of all tensors that share this encoding</source>
        <translation>fra alle tensorene som deler denne kodingen</translation>
    </message>
    <message>
        <source>The operator fixes this range; no histogram is gathered.</source>
        <translation>Operatoren bestemmer dette området; ingen histogram samles inn.</translation>
    </message>
    <message>
        <source>%1 values of the model</source>
        <translation>%1 verdier i modellen</translation>
    </message>
    <message>
        <source>as they are computed with: a normalization is multiplied in</source>
        <translation>slik det regnes med dem: en normalisering er ganget inn</translation>
    </message>
    <message>
        <source>These encodings were not calibrated here.</source>
        <translation>Disse kodingene ble ikke kalibrert her.</translation>
    </message>
    <message>
        <source>It is as calibrated.</source>
        <translation>Den er som kalibrert.</translation>
    </message>
    <message>
        <source>Share of the values outside of min and max</source>
        <translation>Andel av verdiene utenfor min og maks</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Trinn</translation>
    </message>
    <message>
        <source>Distance of two codes, the scale</source>
        <translation>Avstand mellom to koder, skalaen</translation>
    </message>
    <message>
        <source>SQNR here</source>
        <translation>SQNR her</translation>
    </message>
    <message>
        <source>After this tensor&apos;s own quantization alone</source>
        <translation>Etter bare denne tensorens egen kvantisering</translation>
    </message>
    <message>
        <source>SQNR at outputs</source>
        <translation>SQNR ved utgangene</translation>
    </message>
    <message>
        <source>Of the quantized model; the lowest where there are several outputs</source>
        <translation>For den kvantiserte modellen; den laveste der det er flere utganger</translation>
    </message>
    <message>
        <source>Agreement</source>
        <translation>Samsvar</translation>
    </message>
    <message>
        <source>Samples whose largest output is the same as in float</source>
        <translation>Eksempler der den største utgangen er den samme som i flyttall</translation>
    </message>
    <message>
        <source>was %1</source>
        <translation>var %1</translation>
    </message>
    <message>
        <source>smallest %1</source>
        <translation>minste %1</translation>
    </message>
    <message>
        <source>The largest distance of two codes, over all grids</source>
        <translation>Største avstand mellom to koder, over alle rutenett</translation>
    </message>
    <message>
        <source>%1 / %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Labels: top-1 %1 float, %2 quantized</source>
        <translation>Etiketter: topp-1 %1 flyttall, %2 kvantisert</translation>
    </message>
    <message>
        <source>%1 of %2 samples</source>
        <translation>%1 av %2 eksempler</translation>
    </message>
    <message>
        <source>Computing the errors of every tensor…</source>
        <translation>Beregner feilen for hver tensor …</translation>
    </message>
    <message>
        <source>%1, %2 of %3 steps run again</source>
        <translation>%1, %2 av %3 steg kjørt på nytt</translation>
    </message>
    <message>
        <source>Evaluate all %1</source>
        <translation>Evaluer alle %1</translation>
    </message>
    <message>
        <source>measuring, %1 of %2 samples</source>
        <translation>måler, %1 av %2 eksempler</translation>
    </message>
    <message>
        <source>measuring</source>
        <translation>måler</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>ikke målt ennå</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Avbryt</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Mål</translation>
    </message>
    <message>
        <source>Runs the calibration samples once, for the channels of every tensor</source>
        <translation>Kjører kalibreringseksemplene én gang, for kanalene til hver tensor</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::TimelineView</name>
    <message>
        <source>Follow</source>
        <translation>Følg</translation>
    </message>
    <message>
        <source>Zoom to range</source>
        <translation>Zoom til området</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>Tidslinje</translation>
    </message>
    <message>
        <source>No run yet</source>
        <translation>Ingen kjøring ennå</translation>
    </message>
    <message>
        <source>Run the model to see its layers, clocks and temperatures on one time axis, while it runs.</source>
        <translation>Kjør modellen for å se lag, klokker og temperaturer på én tidsakse mens den kjører.</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Kjør</translation>
    </message>
    <message>
        <source>Or open a recording (.nrs).</source>
        <translation>Eller åpne et opptak (.nrs).</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Tilpass</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>Kjør igjen</translation>
    </message>
    <message>
        <source>recording %1</source>
        <translation>tar opp %1</translation>
    </message>
    <message>
        <source>run %1</source>
        <translation>kjøring %1</translation>
    </message>
    <message>
        <source>building and starting</source>
        <translation>bygger og starter</translation>
    </message>
    <message>
        <source>%1 dropped</source>
        <translation>%1 mistet</translation>
    </message>
    <message>
        <source>Range</source>
        <translation>Område</translation>
    </message>
    <message>
        <source>Whole run</source>
        <translation>Hele kjøringen</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Fra</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>Lengde</translation>
    </message>
    <message>
        <source>Inferences</source>
        <translation>Inferenser</translation>
    </message>
    <message>
        <source>p50</source>
        <translation>p50</translation>
    </message>
    <message>
        <source>p95</source>
        <translation>p95</translation>
    </message>
    <message>
        <source>p99</source>
        <translation>p99</translation>
    </message>
    <message>
        <source>p95 / p50</source>
        <translation>p95 / p50</translation>
    </message>
    <message>
        <source>Layers sum</source>
        <translation>Sum av lag</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>middel</translation>
    </message>
    <message>
        <source>range %1  %2  n=%3</source>
        <translation>område %1  %2  n=%3</translation>
    </message>
    <message>
        <source>Export as CSV</source>
        <translation>Eksporter som CSV</translation>
    </message>
    <message>
        <source>CSV (*.csv)</source>
        <translation>CSV (*.csv)</translation>
    </message>
    <message>
        <source>Wrote %1 to %2</source>
        <translation>Skrev %1 til %2</translation>
    </message>
    <message>
        <source>%1 fell from %2 to %3 at %4.</source>
        <translation>%1 falt fra %2 til %3 ved %4.</translation>
    </message>
    <message>
        <source>%1 of the inferences are affected, %2 slower.</source>
        <translation>%1 av inferensene er berørt, %2 tregere.</translation>
    </message>
    <message>
        <source>Throttled</source>
        <translation>Strupet</translation>
    </message>
    <message>
        <source>To</source>
        <translation>Til</translation>
    </message>
    <message>
        <source>Fastest</source>
        <translation>Raskeste</translation>
    </message>
    <message>
        <source>Slowest</source>
        <translation>Tregeste</translation>
    </message>
    <message>
        <source>n=%1, need %2</source>
        <translation>n=%1, trenger %2</translation>
    </message>
    <message>
        <source>Exporting the range</source>
        <translation>Eksporterer området</translation>
    </message>
    <message>
        <source>Clear the range</source>
        <translation>Fjern området</translation>
    </message>
    <message>
        <source>Export inferences as CSV…</source>
        <translation>Eksporter inferenser som CSV …</translation>
    </message>
    <message>
        <source>range times spreadsheet</source>
        <translation>område tider regneark</translation>
    </message>
    <message>
        <source>Select a range in the timeline first.</source>
        <translation>Velg et område i tidslinjen først.</translation>
    </message>
    <message>
        <source>There are no inferences yet.</source>
        <translation>Det finnes ingen inferenser ennå.</translation>
    </message>
    <message>
        <source>The run has not ended yet.</source>
        <translation>Kjøringen er ikke ferdig ennå.</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Mer</translation>
    </message>
    <message>
        <source>Range and export</source>
        <translation>Område og eksport</translation>
    </message>
    <message>
        <source>Show the whole run</source>
        <translation>Vis hele kjøringen</translation>
    </message>
    <message>
        <source>Copy statistics</source>
        <translation>Kopier statistikk</translation>
    </message>
    <message>
        <source>Select what came before</source>
        <translation>Velg det som var før</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::TopBar</name>
    <message>
        <source>Nordlys Studio</source>
        <translation>Nordlys Studio</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Meny</translation>
    </message>
    <message>
        <source>Build</source>
        <translation>Bygg</translation>
    </message>
    <message>
        <source>Run %1: %2. %3</source>
        <translation>Kjøring %1: %2. %3</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stopp</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Kjør</translation>
    </message>
    <message>
        <source>End the run; what was measured stays</source>
        <translation>Avslutt kjøringen; det som er målt, beholdes</translation>
    </message>
    <message>
        <source>%1, not saved</source>
        <translation>%1, ikke lagret</translation>
    </message>
    <message>
        <source>%1. Click for the reasons.</source>
        <translation>%1. Klikk for begrunnelsen.</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::ViewBar</name>
    <message>
        <source>Filter all views: op:Conv share&gt;2%</source>
        <translation>Filtrer alle visninger: op:Conv share&gt;2%</translation>
    </message>
    <message>
        <source>Filter of all views</source>
        <translation>Filter for alle visninger</translation>
    </message>
    <message>
        <source>1 selected</source>
        <translation>1 valgt</translation>
    </message>
    <message>
        <source>run %1, live</source>
        <translation>kjøring %1, direkte</translation>
    </message>
    <message>
        <source>run %1</source>
        <translation>kjøring %1</translation>
    </message>
    <message>
        <source>range %1</source>
        <translation>område %1</translation>
    </message>
    <message>
        <source>%1 selected</source>
        <translation>%1 valgt</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::ViewTabs</name>
    <message>
        <source>More views</source>
        <translation>Flere visninger</translation>
    </message>
</context>
<context>
    <name>nordlys::studio::Workspace</name>
    <message>
        <source>A run needs a name.</source>
        <translation>En kjøring må ha et navn.</translation>
    </message>
    <message>
        <source>A name has at most %1 characters.</source>
        <translation>Et navn har høyst %1 tegn.</translation>
    </message>
    <message>
        <source>Another run is called %1.</source>
        <translation>En annen kjøring heter %1.</translation>
    </message>
</context>
</TS>
