/// The concept ids that the generator and the workload questions speak of, under plain names of our own.
///
/// Ids below 2,000,000,000 are those of the OMOP standard vocabularies, so that a question written here also means
/// something at a hospital with its own vocabulary download; the others are ours, where the standard id was not at hand
/// or no standard concept fits. Names and codes of the source vocabularies are nowhere in this project.
enum SampleConcept {
    // People, visits, where records come from.
    static let male: Int32 = 8507
    static let female: Int32 = 8532
    static let korean: Int32 = 38_003_585
    static let inpatient: Int32 = 9201
    static let outpatient: Int32 = 9202
    static let emergency: Int32 = 9203
    static let emergencyThenInpatient: Int32 = 262
    static let intensiveCare: Int32 = 32_037
    static let paediatricIntensiveCare: Int32 = 2_000_000_001
    static let neonatalIntensiveCare: Int32 = 2_000_000_002
    static let hospitalRecord: Int32 = 32_817
    static let english: Int32 = 4_180_186
    static let koreanLanguage: Int32 = 4_175_771
    static let commonDataModel54: Int32 = 756_265

    // Units and results.
    static let percent: Int32 = 8554
    static let gram: Int32 = 8504
    static let kilogram: Int32 = 9529
    static let week: Int32 = 8511
    static let day: Int32 = 8512
    static let millimetreOfMercury: Int32 = 8876
    static let perMinute: Int32 = 8541
    static let centimetre: Int32 = 8582
    static let millimolePerLitre: Int32 = 8753
    static let milligramPerDecilitre: Int32 = 8840
    static let picogramPerMillilitre: Int32 = 8845
    static let filtrationRate: Int32 = 9117
    static let degreeCelsius: Int32 = 586_323
    static let positive: Int32 = 9191
    static let negative: Int32 = 9189

    // Vital signs and laboratory.
    static let heartRate: Int32 = 3_027_018
    static let respiratoryRate: Int32 = 3_024_171
    static let systolicPressure: Int32 = 3_004_249
    static let diastolicPressure: Int32 = 3_012_888
    static let oxygenSaturation: Int32 = 40_762_499
    static let bodyTemperature: Int32 = 3_020_891
    static let bodyWeight: Int32 = 3_025_315
    static let bodyHeight: Int32 = 3_036_277
    static let glycatedHaemoglobin: Int32 = 3_004_410
    static let creatinine: Int32 = 3_016_723
    static let potassium: Int32 = 3_023_103
    static let natriureticPeptide: Int32 = 3_029_187
    static let filtration: Int32 = 3_049_187
    static let birthWeight: Int32 = 4_264_825
    static let gestationalAge: Int32 = 2_000_000_021
    static let receptorHER2: Int32 = 2_000_000_031
    static let receptorOestrogen: Int32 = 2_000_000_032
    static let receptorProgesterone: Int32 = 2_000_000_033

    // Conditions of the questions.
    static let cardiacArrest: Int32 = 321_042
    static let brainBleedOfNewborn: Int32 = 36_716_544
    static let chronicLungOfPrematurity: Int32 = 4_283_942
    static let bowelNecrosisOfNewborn: Int32 = 2_000_000_022
    static let retinaOfPrematurity: Int32 = 2_000_000_023
    static let cancer: Int32 = 443_392
    static let breastCancer: Int32 = 4_112_853
    static let breastCancerDuctal: Int32 = 2_000_000_034
    static let breastCancerLobular: Int32 = 2_000_000_035
    static let colonCancer: Int32 = 4_180_790
    static let rectalCancer: Int32 = 443_390
    static let lungCancer: Int32 = 443_388
    static let liverCancer: Int32 = 4_246_127
    static let stomachCancer: Int32 = 443_387
    static let prostateCancer: Int32 = 4_163_261
    static let thyroidCancer: Int32 = 4_178_976
    static let metastasis: Int32 = 432_851
    static let localRecurrence: Int32 = 2_000_000_041
    static let historyOfCancer: Int32 = 2_000_000_042
    static let storageDisease: Int32 = 2_000_000_051
    static let storageDiseaseLateForm: Int32 = 2_000_000_052
    static let storageDiseaseOldCode: Int32 = 2_000_000_053
    static let diabetes: Int32 = 201_820
    static let type1Diabetes: Int32 = 201_254
    static let type2Diabetes: Int32 = 201_826
    static let type2DiabetesDisorder: Int32 = 443_732
    static let type2DiabetesKidney: Int32 = 2_000_000_071
    static let heartFailure: Int32 = 316_139
    static let heartFailureCongestive: Int32 = 319_835
    static let heartFailureDiastolic: Int32 = 443_587
    static let myocardialInfarction: Int32 = 4_329_847
    static let acuteMyocardialInfarction: Int32 = 312_327
    static let stroke: Int32 = 381_316
    static let cerebralInfarction: Int32 = 443_454

    // Conditions of the background.
    static let hypertension: Int32 = 316_866
    static let essentialHypertension: Int32 = 320_128
    static let hyperlipidaemia: Int32 = 432_867
    static let atrialFibrillation: Int32 = 313_217
    static let kidneyDisease: Int32 = 46_271_022
    static let asthma: Int32 = 317_009
    static let obstructiveLung: Int32 = 255_573
    static let pneumonia: Int32 = 255_848
    static let upperRespiratory: Int32 = 257_011
    static let bronchitis: Int32 = 260_139
    static let influenza: Int32 = 4_266_367
    static let diarrhoea: Int32 = 196_523
    static let urinaryInfection: Int32 = 81_902
    static let arthrosis: Int32 = 80_180
    static let depression: Int32 = 440_383
    static let anxiety: Int32 = 442_077
    static let dementia: Int32 = 4_182_210
    static let thyroidLow: Int32 = 140_673
    static let anaemia: Int32 = 439_777
    static let atopicDermatitis: Int32 = 133_834
    static let allergicRhinitis: Int32 = 257_007
    static let migraine: Int32 = 318_736
    static let headache: Int32 = 378_253
    static let cough: Int32 = 254_761
    static let fever: Int32 = 437_663
    static let abdominalPain: Int32 = 200_219
    static let backPain: Int32 = 194_133
    static let chestPain: Int32 = 77_670
    static let sepsis: Int32 = 132_797
    static let respiratoryFailure: Int32 = 319_049
    static let acuteKidneyInjury: Int32 = 197_320

    // Drugs.
    static let metformin: Int32 = 1_503_297
    static let metforminTablet: Int32 = 2_000_000_101
    static let insulinGlargine: Int32 = 1_502_905
    static let insulinAspart: Int32 = 1_567_198
    static let insulinLispro: Int32 = 1_550_023
    static let insulinHuman: Int32 = 1_596_977
    static let insulinPen: Int32 = 2_000_000_102
    static let bisoprolol: Int32 = 1_338_005
    static let carvedilol: Int32 = 1_346_823
    static let metoprolol: Int32 = 1_307_046
    static let amlodipine: Int32 = 1_332_418
    static let atorvastatin: Int32 = 1_545_958
    static let aspirin: Int32 = 1_112_807
    static let paracetamol: Int32 = 1_125_315
    static let amoxicillin: Int32 = 1_713_332
    static let ibuprofen: Int32 = 1_177_480
    static let salbutamol: Int32 = 1_154_343
    static let levothyroxine: Int32 = 1_501_700

    // Procedures, devices, observations, specimens.
    static let dialysis: Int32 = 4_032_243
    static let kidneyDialysis: Int32 = 4_146_536
    static let heartTransplant: Int32 = 2_000_000_201
    static let bypassSurgery: Int32 = 4_336_464
    static let chestImaging: Int32 = 2_000_000_202
    static let endoscopy: Int32 = 2_000_000_203
    static let defibrillator: Int32 = 2_000_000_211
    static let cardiacPacing: Int32 = 2_000_000_212
    static let ventilator: Int32 = 2_000_000_213
    static let infusionPump: Int32 = 2_000_000_214
    static let unplannedTransfer: Int32 = 2_000_000_221
    static let palliativeCare: Int32 = 2_000_000_222
    static let smoking: Int32 = 2_000_000_223
    static let bloodSpecimen: Int32 = 2_000_000_231
    static let tissueSpecimen: Int32 = 2_000_000_232

    // Who treats and who pays.
    static let internalMedicine: Int32 = 2_000_000_241
    static let paediatrics: Int32 = 2_000_000_242
    static let surgery: Int32 = 2_000_000_243
    static let healthInsurance: Int32 = 2_000_000_251
}
