"""What the demonstration's people hand in at the tasks of the starter curriculum, and what markers say of it.

Written as people at counters write: one text a task, told about different places, days, services and numbers."""

import random
from decimal import Decimal

TEXTS = {
    # --- ethics ---
    "amati-ruang-tunggu": """\
Saya duduk dua puluh menit di {place} pada hari {day}, tanpa papan nama, di antara warga yang menunggu
{service}.

Pertama, seorang ibu hamil berdiri cukup lama karena kursi prioritas dipakai untuk menaruh map. Ini menyangkut
fasilitas bagi kelompok rentan.

Kedua, seorang kenalan petugas masuk dari pintu samping dan selesai lebih dulu, sedangkan {before} orang
menunggu nomornya. Asas persamaan perlakuan terlanggar walaupun tidak ada yang menegur.

Ketiga, seorang bapak bertanya tiga kali tentang syarat {service} karena papan informasi tertutup pintu. Asas
keterbukaan belum terasa.

Usul saya: kursi prioritas dikosongkan setiap pagi, pintu samping dipakai petugas saja, dan papan digeser ke
dekat mesin antrean mulai hari {day}.
""",
    "kartu-pengendalian-gratifikasi": """\
Saat rawan di {place}: sesudah {service} selesai, menjelang hari raya, dan ketika tamu dinas pulang. Kalimat
kami: "Terima kasih, Pak, Bu. Layanan ini memang tugas kami, jadi cukup doanya." Untuk bingkisan hari raya:
"Mohon maaf, bingkisannya kami kembalikan, silakan untuk keluarga di rumah." Untuk tamu: "Kami sudah senang
Bapak dan Ibu datang."

Batas dan tenggat menurut Peraturan KPK Nomor 1 Tahun 2026: hadiah pernikahan atau upacara Rp1.500.000 per
pemberi; antarrekan Rp500.000 per pemberi dan paling banyak Rp1.500.000 setahun, bukan uang; melapor 30 hari
kerja; melengkapi dokumen 20 hari kerja.

Jalur lapor: petugas UPG di inspektorat, sudah kami telepon hari {day}. Isi catatan: apa, dari siapa, kapan, di
mana, dan perkiraan nilainya.

Kartu ini saya tunjukkan kepada {helper}. Sarannya: hurufnya dibesarkan. Sudah saya perbaiki.
""",
    "peta-konflik-kepentingan": """\
Wewenang pertama saya memeriksa kelengkapan berkas {service}. Hubungan yang mungkin bertemu: saudara kandung
yang suatu hari mengajukan. Jenisnya potensial, karena belum ada berkasnya.

Wewenang kedua mengatur urutan panggilan di {place}. Hubungannya tetangga dan teman arisan. Potensial juga,
tetapi paling sering terjadi.

Wewenang ketiga mengusulkan pembelian alat tulis. Hubungannya usaha fotokopi milik ipar. Aktual, sebab
penawarannya sudah masuk bulan ini.

Pencegahan: berkas keluarga diperiksa petugas lain, panggilan hanya menurut nomor, dan saya tidak ikut
membandingkan penawaran.

Langkah pertama hari {day}, kepada atasan: "Pak, salah satu penawaran berasal dari usaha kerabat saya. Mohon
pemeriksaannya diberikan kepada rekan lain."
""",
    # --- time ---
    "audit-waktu-satu-minggu": """\
Tebakan saya, setengah hari habis untuk {service}. Setelah lima hari dicatat setiap setengah jam, hasilnya
berbeda: melayani warga 16 jam, mencari berkas {few} jam, menjawab pesan grup 6 jam, rapat 3 jam, sisanya
laporan.

Pola yang saya temukan: pesan grup paling ramai pukul 09.00 sampai 10.30, tepat ketika antrean di {place} paling
panjang. Setiap kali berhenti untuk menjawab, saya perlu beberapa menit untuk kembali ke berkas.

Perubahan minggu depan: pesan grup saya buka tiga kali sehari, pukul 08.00, 12.00, dan 15.00. Yang mendesak
lewat telepon. Sudah saya sampaikan kepada {helper}, dan kami mulai hari {day}.
""",
    "perbaiki-satu-antrean": """\
Pengukuran: hari {day} pukul 09.00 sampai 10.00 di {place}, jam tersibuk kami. Datang {many} orang, rata-rata
menunggu {before} menit, dan paling lama 55 menit. Sepertiga antrean ternyata hanya ingin bertanya tentang
syarat {service} atau mengambil berkas yang sudah selesai.

Perubahan yang dicoba: bersama {helper}, kami memisahkan meja ambil berkas dan menempel daftar syarat dengan
huruf besar di dekat pintu. Tidak ada biaya, hanya satu meja yang digeser.

Hasilnya seminggu kemudian, pada hari dan jam yang sama: rata-rata menunggu {after} menit.

Pelajaran: yang membuat antrean panjang bukan pelayanan yang lambat, melainkan keperluan yang tercampur. Langkah
berikutnya mengukur lagi pada awal bulan, ketika warga lebih banyak datang.
""",
    # --- digital ---
    "sederhanakan-satu-langkah": """\
Saya menelusuri layanan {service} dengan ponsel biasa, sebagai warga. Warga datang dua kali ke {place}, data
yang sama diketik tiga kali (dua oleh warga, satu oleh petugas), dan empat lembar difotokopi.

Langkah yang saya pilih: fotokopi kartu keluarga. Petugas sudah dapat melihat datanya di sistem, jadi lembar itu
tidak pernah dibaca lagi. Saya periksa dulu aturannya bersama {helper}: standar pelayanan kami tidak
mewajibkannya.

Usul kami sampaikan kepada kepala bidang pada hari {day}, dan beliau setuju mencobanya satu bulan. Dari {before}
lembar sehari diperkirakan tersisa {after}, untuk keadaan yang memang belum ada di sistem.

Supaya tidak ada yang tertinggal, warga tanpa ponsel tetap dilayani di meja bantuan, dan petugas yang
mengetikkan datanya.
""",
    "periksa-jejak-data-pribadi": """\
Saya memeriksa enam tempat di meja saya pada hari {day}.

Laci: {after} fotokopi kartu keluarga dari {service} yang sudah selesai, saya serahkan kepada pengelola arsip.
Baki kertas bekas: 5 lembar formulir terisi, saya pindahkan ke lemari terkunci. Layar: terlihat dari kursi
warga, sudah saya geser. Folder Unduhan: {before} berkas pindaian, saya pindahkan ke sistem kantor. Galeri
ponsel: 4 foto berkas, saya tanyakan dulu kepada pengelola arsip sebelum dihapus. Grup percakapan: 2 foto KTP,
saya minta ditarik.

Kebiasaan baru: pindaian tidak lagi lewat ponsel, dan setiap sore laci dikunci.
""",
    "tanya-jawab-ai-yang-aman": """\
Teks yang sudah disamarkan: "Saya [WARGA], mengurus {service} pada [TANGGAL]. Sudah tiga kali saya datang ke
[TEMPAT] dan belum ada kabar. Mohon kepastian kapan selesai."

Jenis keterangan yang diganti: nama, tanggal, alamat, nomor berkas, dan keadaan keluarga. Saya bacakan kepada
{helper}, yang berwenang melihat surat itu; orangnya tidak tertebak.

Permintaan saya: "Tuliskan jawaban paling banyak seratus kata untuk warga, dengan nada hormat, menyapa
Bapak/Ibu. Jangan menambah fakta, tanggal, atau nomor peraturan. Beri tanda kosong untuk yang belum diketahui."

Pemeriksaan: hasilnya menyebut "paling lambat tiga hari kerja" padahal saya tidak pernah memberi angka itu. Saya
hapus, lalu saya isi menurut standar pelayanan kami.
""",
    # --- communication ---
    "tulis-ulang-pengumuman": """\
Naskah asli: "Diberitahukan kepada pemohon {service} agar melengkapi persyaratan sesuai ketentuan yang berlaku
sebelum batas waktu."

Yang menyulitkan: tidak jelas siapa melakukan apa, "ketentuan yang berlaku" tidak dijelaskan, dan batas waktunya
tidak disebut.

Naskah baru: "Bapak/Ibu yang mengurus {service}, mohon membawa kartu keluarga asli dan formulir yang sudah diisi
ke {place} paling lambat hari {day} pukul 14.00. Formulir tersedia di meja depan, gratis. Bila ada yang belum
jelas, silakan bertanya kepada petugas."

Uji: seorang petugas kebersihan membacanya dan langsung menyebut dua berkas itu. Ia masih bertanya tentang
fotokopi, jadi saya tambahkan kalimat "tidak perlu fotokopi".
""",
    "jawab-satu-keluhan": """\
Keluhan yang sudah disamarkan: seorang warga sudah dua kali datang untuk {service}, tetapi selalu diminta
kembali karena jaringan terganggu. Jawaban lama hanya berbunyi "harap bersabar".

Jawaban baru: "Bapak/Ibu yang kami hormati. Kami memahami dua kali datang tanpa hasil itu melelahkan dan memakan
biaya, dan kami mohon maaf. Jaringan di {place} terganggu pada hari {day} dan sekarang sudah pulih. Berkas
Bapak/Ibu dikerjakan lebih dulu oleh seksi pelayanan dan selesai paling lambat tiga hari kerja. Bapak/Ibu cukup
menunggu pesan kami, lalu mengambilnya tanpa antre. Terima kasih sudah memberi tahu kami."

Pemeriksaan: {helper} masih bertanya bagaimana bila tiga hari itu lewat. Saya tambahkan nomor telepon kantor.
""",
    "lima-mengapa": """\
Hitungan: keluhan tentang {service} yang lewat dari janji muncul {before} kali dalam tiga bulan, menurut buku
keluhan di {place}.

Rantai sebab bersama {helper}. Mengapa terlambat? Berkas menunggu tanda tangan; buktinya {after} berkas di map
atasan. Mengapa menunggu? Map dibawa dua kali seminggu; buktinya buku ekspedisi. Mengapa dua kali? Jadwalnya
dibuat ketika permohonan masih sedikit; buktinya surat edaran lama. Mengapa belum diubah? Tidak ada yang
menghitung lamanya berkas menunggu; kami sendiri baru menghitungnya minggu ini.

Akarnya pada cara kerja: tidak ada batas waktu menunggu tanda tangan, bukan pada orangnya.

Perubahan: map dibawa setiap hari pukul 13.00 oleh pengadministrasi, mulai hari {day}, diputuskan oleh kepala
seksi. Ukurannya, berkas yang menunggu lebih dari dua hari turun dari {before} menjadi paling banyak 5 dalam
sebulan.

Kabar untuk papan: "Berkas Anda sekarang ditandatangani setiap hari kerja."
""",
    # --- standards ---
    "papan-informasi": """\
Layanan yang saya periksa: {service}, di papan dekat {place}. Persyaratan: ada dan jelas. Prosedur: ada tetapi
belum jelas, hurufnya kecil. Jangka waktu: ada dan jelas. Biaya/tarif: belum ada. Produk: ada dan jelas.
Pengaduan: ada tetapi belum jelas, hanya nomor lama.

Pencocokan: laman menulis lima hari kerja, papan menulis tujuh, dan {helper} menjawab lima. Yang ditetapkan lima
hari kerja.

Kalimat lama: "Biaya sesuai ketentuan." Kalimat pengganti: "Layanan {service} tidak dipungut biaya. Bila ada
yang meminta uang, laporkan ke meja pengaduan." Atasan menyetujuinya pada hari {day}.
""",
    "hitung-skm": """\
Jumlah tiap unsur U1 sampai U9: 39, 36, 27, 44, 39, 38, 42, 36, 32; seluruhnya 333. NRR: 3,25; 3,00; 2,25; 3,67;
3,25; 3,17; 3,50; 3,00; 2,67.

Nilai SKM dengan bobot 1/9 penuh: 333 : (12 x 9) x 25 = 77,08, mutu B (Baik). Dengan bobot 0,11 hasilnya 76,31,
mutu C (Kurang Baik). Hurufnya turun hanya karena bobotnya dibulatkan, sebab sembilan kali 0,11 baru 0,99. Saya
menghitungnya dua kali bersama {helper} pada hari {day}.

Terendah U3 Waktu, 2,25 atau 56,25. Ini cocok dengan saran tentang surat pengantar yang dijanjikan sehari tetapi
selesai hari keempat. Lalu U9, aduan yang belum dijawab. Dua belas lembar terlalu sedikit untuk mewakili satu
kelurahan; perlu ditanyakan kapan dan kepada siapa lembar dibagikan.
""",
    "rencana-unsur-terendah": """\
Masalah: dalam SKM terakhir di {place}, unsur terendah waktu penyelesaian, 2,61 dari 150 responden. Bukti lain:
catatan jam layanan menunjukkan {after} permohonan {service} lewat dari janji dalam sebulan.

Akar, ditelusuri bersama {helper}: mengapa lewat? Berkas dikembalikan karena kurang lengkap. Mengapa kurang
lengkap? Warga baru tahu syaratnya di loket. Mengapa baru di loket? Daftar syarat di laman masih yang lama, dan
tidak ada jabatan yang ditugasi memperbaruinya.

Rencana: pengelola layanan memperbarui laman dan papan paling lambat dua minggu lagi, dimulai hari {day}.
Ukuran: berkas kembali turun dari {before} menjadi {after} dalam sebulan. Sumber daya: setengah hari kerja,
tanpa biaya.

Persetujuan: kepala seksi setuju, dengan pesan supaya syaratnya dicocokkan dulu dengan ketetapan.

Pengumuman: "Yang kami ubah karena masukan Anda: daftar syarat {service} sekarang sama di papan, di laman, dan
di loket. Periksa sebelum berangkat, supaya cukup datang sekali. Terima kasih."
""",
}

CLOSINGS = (
    "Catatan untuk diri sendiri: perubahan kecil ternyata lebih mudah diterima bila angkanya diperlihatkan dulu "
    "kepada rekan. Saya akan memeriksa lagi sebulan dari sekarang.",
    "Yang paling sulit bukan menulisnya, melainkan menyediakan waktu di sela antrean. Atasan saya membantu dengan "
    "mengatur giliran jaga, dan untuk itu saya berterima kasih.",
    "Sebelum tugas ini saya mengira hal seperti itu sudah berjalan baik. Setelah dilihat dari kursi warga, "
    "ternyata masih ada yang dapat kami perbaiki bersama.",
)

PLACES = ("loket pendaftaran", "loket dua", "meja informasi", "ruang tunggu lantai satu", "loket pengambilan")
SERVICES = ("akta kelahiran", "surat pindah", "izin usaha mikro", "kartu identitas anak", "legalisasi dokumen")
HELPERS = ("rekan satu loket", "kepala seksi", "petugas informasi", "rekan dari bagian arsip")
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat")

PRAISE = (
    "Terima kasih, Bapak/Ibu. Buktinya jelas dan langkah berikutnya masuk akal.",
    "Bagus: keadaannya nyata dan angkanya disebut. Semoga perubahan ini bertahan.",
    "Sudah baik. Lain kali sebutkan juga kapan hasilnya akan diperiksa lagi.",
)
TO_IMPROVE = (
    "Ceritanya sudah jelas. Mohon tambahkan satu hal: kapan perbaikannya dimulai dan siapa (jabatannya) yang "
    "bertanggung jawab. Setelah itu silakan kirim kembali, Bapak/Ibu."
)


def text_for(task: str, rng: random.Random) -> str:
    """Return what somebody hands in at a task, by its slug. Raise KeyError for a task outside the curriculum."""
    before, few = rng.randrange(18, 37), rng.randrange(4, 10)
    told = TEXTS[task].format(
        place=rng.choice(PLACES),
        service=rng.choice(SERVICES),
        helper=rng.choice(HELPERS),
        day=rng.choice(DAYS),
        before=before,
        after=before // 2,
        few=few,
        many=before + few,
    )
    paragraphs = [" ".join(paragraph.split()) for paragraph in told.split("\n\n")]
    return "\n".join([*paragraphs, rng.choice(CLOSINGS)])


def points_for(criteria: list[dict], rng: random.Random) -> dict[str, Decimal]:
    """Return points by criterion of a guide: the best level everywhere but, for some, once the second best."""
    points = {one["id"]: Decimal(one["levels"][0]["points"]) for one in criteria}
    weaker = rng.choice([*criteria, None])
    if weaker and len(weaker["levels"]) > 1:
        points[weaker["id"]] = Decimal(weaker["levels"][1]["points"])
    return points
