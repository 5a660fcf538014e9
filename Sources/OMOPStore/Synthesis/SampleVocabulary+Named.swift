// The concepts that the workload questions and the background name, with English and Korean names of our own.

extension SampleVocabulary {
    /// Every named concept. Parents come before their children.
    static let named: [Concept] =
        people + visits + units + measurements + cancers + diabetes + heart + newborn + rare + background + drugs
        + procedures + observations

    private static func list(
        _ domain: String, under parents: [Int32] = [], _ rows: [(Int32, String, String)]
    ) -> [Concept] {
        rows.map { Concept(id: $0.0, domain: domain, english: $0.1, korean: $0.2, parents: parents) }
    }

    private static let people =
        list("Gender", [(SampleConcept.male, "Male", "남성"), (SampleConcept.female, "Female", "여성")])
        + list("Race", [(SampleConcept.korean, "Korean", "한국인")])
        + list(
            "Provider",
            [
                (SampleConcept.internalMedicine, "Physician", "내과"), (SampleConcept.paediatrics, "Children's doctor", "소아청소년과"),
                (SampleConcept.surgery, "Surgeon", "외과"),
            ])
        + list("Payer", [(SampleConcept.healthInsurance, "National health insurance", "국민건강보험")])
        + list("Language", [(SampleConcept.english, "English", "영어"), (SampleConcept.koreanLanguage, "Korean language", "한국어")])
        + list("Metadata", [(SampleConcept.commonDataModel54, "Common data model 5.4", "공통 데이터 모델 5.4")])
        + list("Type Concept", [(SampleConcept.hospitalRecord, "Hospital record", "병원 기록")])

    private static let visits =
        list(
            "Visit",
            [
                (SampleConcept.inpatient, "Admission", "입원"), (SampleConcept.outpatient, "Outpatient visit", "외래"),
                (SampleConcept.emergency, "Emergency visit", "응급실"),
                (SampleConcept.emergencyThenInpatient, "Emergency visit with admission", "응급실 경유 입원"),
                (SampleConcept.intensiveCare, "Intensive care", "중환자실"),
            ])
        + list(
            "Visit", under: [SampleConcept.intensiveCare],
            [
                (SampleConcept.paediatricIntensiveCare, "Children's intensive care", "소아 중환자실"),
                (SampleConcept.neonatalIntensiveCare, "Newborns' intensive care", "신생아 중환자실"),
            ])

    private static let units =
        list(
            "Unit",
            [
                (SampleConcept.percent, "per cent", "퍼센트"), (SampleConcept.gram, "gramme", "그램"),
                (SampleConcept.kilogram, "kilogramme", "킬로그램"), (SampleConcept.week, "weeks", "주"),
                (SampleConcept.day, "days", "일"), (SampleConcept.millimetreOfMercury, "mm of mercury", "수은주 밀리미터"),
                (SampleConcept.perMinute, "a minute", "분당"), (SampleConcept.centimetre, "centimetre", "센티미터"),
                (SampleConcept.millimolePerLitre, "mmol a litre", "리터당 밀리몰"),
                (SampleConcept.milligramPerDecilitre, "mg a decilitre", "데시리터당 밀리그램"),
                (SampleConcept.picogramPerMillilitre, "pg a millilitre", "밀리리터당 피코그램"),
                (SampleConcept.filtrationRate, "ml a minute for 1.73 square metres", "1.73제곱미터당 분당 밀리리터"),
                (SampleConcept.degreeCelsius, "degrees Celsius", "섭씨도"),
            ])
        + list("Meas Value", [(SampleConcept.positive, "Positive", "양성"), (SampleConcept.negative, "Negative", "음성")])

    private static let measurements = list(
        "Measurement",
        [
            (SampleConcept.heartRate, "Pulse", "맥박"), (SampleConcept.respiratoryRate, "Breaths", "호흡수"),
            (SampleConcept.systolicPressure, "Upper blood pressure", "수축기 혈압"),
            (SampleConcept.diastolicPressure, "Lower blood pressure", "이완기 혈압"),
            (SampleConcept.oxygenSaturation, "Oxygen in blood at the finger", "산소포화도"),
            (SampleConcept.bodyTemperature, "Temperature", "체온"), (SampleConcept.bodyWeight, "Weight", "체중"),
            (SampleConcept.bodyHeight, "Height", "키"),
            (SampleConcept.glycatedHaemoglobin, "Sugar-bound haemoglobin", "당화혈색소"),
            (SampleConcept.creatinine, "Creatinine in blood", "혈중 크레아티닌"),
            (SampleConcept.potassium, "Potassium in blood", "혈중 칼륨"),
            (SampleConcept.natriureticPeptide, "Heart strain peptide", "심부전 표지 펩티드"),
            (SampleConcept.filtration, "Kidney filtration, estimated", "추정 사구체 여과율"),
            (SampleConcept.birthWeight, "Weight at birth", "출생 체중"),
            (SampleConcept.gestationalAge, "Length of pregnancy at birth", "출생 시 재태 기간"),
            (SampleConcept.receptorHER2, "HER2 in tumour", "종양 HER2"),
            (SampleConcept.receptorOestrogen, "Oestrogen receptor in tumour", "종양 에스트로겐 수용체"),
            (SampleConcept.receptorProgesterone, "Progesterone receptor in tumour", "종양 프로게스테론 수용체"),
        ])

    private static let cancers =
        list("Condition", [(SampleConcept.cancer, "Cancer", "암")])
        + list(
            "Condition", under: [SampleConcept.cancer],
            [
                (SampleConcept.breastCancer, "Breast cancer", "유방암"), (SampleConcept.colonCancer, "Colon cancer", "결장암"),
                (SampleConcept.rectalCancer, "Rectal cancer", "직장암"), (SampleConcept.lungCancer, "Lung cancer", "폐암"),
                (SampleConcept.liverCancer, "Liver cancer", "간암"), (SampleConcept.stomachCancer, "Stomach cancer", "위암"),
                (SampleConcept.prostateCancer, "Prostate cancer", "전립선암"),
                (SampleConcept.thyroidCancer, "Thyroid cancer", "갑상선암"),
                (SampleConcept.metastasis, "Cancer that has spread", "전이암"),
                (SampleConcept.localRecurrence, "Cancer come back in place", "국소 재발암"),
            ])
        + list(
            "Condition", under: [SampleConcept.breastCancer],
            [
                (SampleConcept.breastCancerDuctal, "Breast cancer of the ducts", "유관 유방암"),
                (SampleConcept.breastCancerLobular, "Breast cancer of the lobules", "소엽 유방암"),
            ])

    private static let diabetes =
        list("Condition", [(SampleConcept.diabetes, "Diabetes", "당뇨병")])
        + list(
            "Condition", under: [SampleConcept.diabetes],
            [
                (SampleConcept.type1Diabetes, "Diabetes, type 1", "제1형 당뇨병"),
                (SampleConcept.type2Diabetes, "Diabetes, type 2", "제2형 당뇨병"),
            ])
        + list(
            "Condition", under: [SampleConcept.type2Diabetes],
            [(SampleConcept.type2DiabetesDisorder, "Harm from type 2 diabetes", "제2형 당뇨병 합병증")])
        + list(
            "Condition", under: [SampleConcept.type2DiabetesDisorder],
            [(SampleConcept.type2DiabetesKidney, "Kidney harm from type 2 diabetes", "제2형 당뇨병성 신장 합병증")])

    private static let heart =
        list(
            "Condition",
            [
                (SampleConcept.heartFailure, "Heart failure", "심부전"), (SampleConcept.cardiacArrest, "Cardiac arrest", "심정지"),
                (SampleConcept.myocardialInfarction, "Heart attack", "심근경색"), (SampleConcept.stroke, "Stroke", "뇌졸중"),
                (SampleConcept.hypertension, "High blood pressure", "고혈압"),
            ])
        + list(
            "Condition", under: [SampleConcept.heartFailure],
            [
                (SampleConcept.heartFailureCongestive, "Heart failure with congestion", "울혈성 심부전"),
                (SampleConcept.heartFailureDiastolic, "Heart failure with stiff heart", "이완기 심부전"),
            ])
        + list(
            "Condition", under: [SampleConcept.myocardialInfarction],
            [(SampleConcept.acuteMyocardialInfarction, "Heart attack, acute", "급성 심근경색")])
        + list("Condition", under: [SampleConcept.stroke], [(SampleConcept.cerebralInfarction, "Stroke from a clot", "뇌경색")])
        + list(
            "Condition", under: [SampleConcept.hypertension],
            [(SampleConcept.essentialHypertension, "High blood pressure without known cause", "본태성 고혈압")])

    private static let newborn = list(
        "Condition",
        [
            (SampleConcept.brainBleedOfNewborn, "Bleeding into the brain of a newborn", "신생아 뇌실내 출혈"),
            (SampleConcept.chronicLungOfPrematurity, "Chronic lung disease of prematurity", "미숙아 만성 폐질환"),
            (SampleConcept.bowelNecrosisOfNewborn, "Dying bowel of a newborn", "신생아 괴사성 장염"),
            (SampleConcept.retinaOfPrematurity, "Retina disease of prematurity", "미숙아 망막증"),
        ])

    private static let rare =
        list("Condition", [(SampleConcept.storageDisease, "Sample storage disease", "표본 축적병")])
        + list(
            "Condition", under: [SampleConcept.storageDisease],
            [(SampleConcept.storageDiseaseLateForm, "Sample storage disease, late form", "표본 축적병 후기형")])
        + [
            Concept(
                id: SampleConcept.storageDiseaseOldCode, domain: "Condition", english: "Sample storage disease, withdrawn code",
                korean: "표본 축적병 폐기 코드", parents: [SampleConcept.storageDisease], isInvalid: true)
        ]

    private static let background = list(
        "Condition",
        [
            (SampleConcept.hyperlipidaemia, "High blood fats", "고지혈증"),
            (SampleConcept.atrialFibrillation, "Irregular heartbeat", "심방세동"),
            (SampleConcept.kidneyDisease, "Chronic kidney disease", "만성 콩팥병"), (SampleConcept.asthma, "Asthma", "천식"),
            (SampleConcept.obstructiveLung, "Chronic obstructed lungs", "만성 폐쇄성 폐질환"),
            (SampleConcept.pneumonia, "Pneumonia", "폐렴"), (SampleConcept.upperRespiratory, "Common cold", "감기"),
            (SampleConcept.bronchitis, "Acute bronchitis", "급성 기관지염"), (SampleConcept.influenza, "Influenza", "독감"),
            (SampleConcept.diarrhoea, "Diarrhoea", "설사"), (SampleConcept.urinaryInfection, "Urinary infection", "요로 감염"),
            (SampleConcept.arthrosis, "Worn joints", "골관절염"), (SampleConcept.depression, "Depression", "우울증"),
            (SampleConcept.anxiety, "Anxiety", "불안 장애"), (SampleConcept.dementia, "Dementia", "치매"),
            (SampleConcept.thyroidLow, "Underactive thyroid", "갑상선 기능 저하"), (SampleConcept.anaemia, "Anaemia", "빈혈"),
            (SampleConcept.atopicDermatitis, "Atopic eczema", "아토피 피부염"),
            (SampleConcept.allergicRhinitis, "Allergic nose", "알레르기 비염"), (SampleConcept.migraine, "Migraine", "편두통"),
            (SampleConcept.headache, "Headache", "두통"), (SampleConcept.cough, "Cough", "기침"),
            (SampleConcept.fever, "Fever", "발열"),
            (SampleConcept.abdominalPain, "Belly ache", "복통"), (SampleConcept.backPain, "Back pain", "요통"),
            (SampleConcept.chestPain, "Chest pain", "흉통"), (SampleConcept.sepsis, "Blood poisoning", "패혈증"),
            (SampleConcept.respiratoryFailure, "Breathing failure", "급성 호흡 부전"),
            (SampleConcept.acuteKidneyInjury, "Acute kidney injury", "급성 신손상"),
        ])

    private static let drugs =
        list(
            "Drug",
            [
                (SampleConcept.metformin, "Metformin", "메트포르민"), (SampleConcept.insulinGlargine, "Insulin, long", "지속형 인슐린"),
                (SampleConcept.insulinAspart, "Insulin, rapid A", "속효성 인슐린 가"),
                (SampleConcept.insulinLispro, "Insulin, rapid B", "속효성 인슐린 나"),
                (SampleConcept.insulinHuman, "Insulin, human", "인체 인슐린"), (SampleConcept.bisoprolol, "Bisoprolol", "비소프롤롤"),
                (SampleConcept.carvedilol, "Carvedilol", "카르베딜롤"), (SampleConcept.metoprolol, "Metoprolol", "메토프롤롤"),
                (SampleConcept.amlodipine, "Amlodipine", "암로디핀"), (SampleConcept.atorvastatin, "Atorvastatin", "아토르바스타틴"),
                (SampleConcept.aspirin, "Aspirin", "아스피린"), (SampleConcept.paracetamol, "Paracetamol", "파라세타몰"),
                (SampleConcept.amoxicillin, "Amoxicillin", "아목시실린"), (SampleConcept.ibuprofen, "Ibuprofen", "이부프로펜"),
                (SampleConcept.salbutamol, "Salbutamol", "살부타몰"), (SampleConcept.levothyroxine, "Levothyroxine", "레보티록신"),
            ])
        + list(
            "Drug", under: [SampleConcept.metformin],
            [(SampleConcept.metforminTablet, "Metformin, 500 mg tablet", "메트포르민 500밀리그램 정")])
        + list("Drug", under: [SampleConcept.insulinGlargine], [(SampleConcept.insulinPen, "Insulin, long, pen", "지속형 인슐린 펜")])

    private static let procedures =
        list(
            "Procedure",
            [
                (SampleConcept.dialysis, "Blood washing", "투석"), (SampleConcept.heartTransplant, "Heart transplant", "심장 이식"),
                (SampleConcept.bypassSurgery, "Coronary bypass", "관상동맥 우회술"),
                (SampleConcept.chestImaging, "Chest X-ray", "흉부 촬영"),
                (SampleConcept.endoscopy, "Look into the stomach", "위 내시경"),
            ])
        + list(
            "Procedure", under: [SampleConcept.dialysis],
            [(SampleConcept.kidneyDialysis, "Blood washing for the kidneys", "신장 투석")])
        + list(
            "Device",
            [
                (SampleConcept.defibrillator, "Implanted defibrillator", "삽입형 제세동기"),
                (SampleConcept.ventilator, "Ventilator", "인공호흡기"), (SampleConcept.infusionPump, "Infusion pump", "주입 펌프"),
            ])
        + list(
            "Device", under: [SampleConcept.defibrillator],
            [(SampleConcept.cardiacPacing, "Defibrillator with pacing", "조율 겸용 제세동기")])

    private static let observations =
        list(
            "Observation",
            [
                (SampleConcept.historyOfCancer, "Earlier cancer", "암 병력"),
                (SampleConcept.unplannedTransfer, "Unplanned transfer to intensive care", "예정 외 중환자실 전입"),
                (SampleConcept.palliativeCare, "Palliative care", "완화 의료"), (SampleConcept.smoking, "Smoker", "흡연"),
            ])
        + list("Specimen", [(SampleConcept.bloodSpecimen, "Blood", "혈액"), (SampleConcept.tissueSpecimen, "Tissue", "조직")])
}
